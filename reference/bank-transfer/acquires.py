from threading import Lock


class Account:
    def __init__(self, number, balance):
        self.number = number
        self.balance = balance
        self.lock = Lock()


def transfer(a, b, amount):
    if a is b:
        return a.balance >= amount
    first, second = sorted((a, b), key=lambda account: account.number)
    first.lock.acquire()
    second.lock.acquire()
    if a.balance < amount:
        second.lock.release()
        first.lock.release()
        return False
    a.balance -= amount
    b.balance += amount
    second.lock.release()
    first.lock.release()
    return True
