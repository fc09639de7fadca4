import threading


class Account:
    def __init__(self, name, balance):
        self.name = name
        self.balance = balance
        self.lock = threading.Lock()


def transfer(source, target, amount):
    first, second = sorted((source, target), key=lambda a: a.name)
    with first.lock:
        with second.lock:
            source.balance -= amount
            target.balance += amount


alice = Account("s01", 100)
bob = Account("s02", 100)
one = threading.Thread(target=transfer, args=(alice, bob, 10))
two = threading.Thread(target=transfer, args=(bob, alice, 20))
one.start()
two.start()
one.join()
two.join()
assert alice.balance + bob.balance == 200
