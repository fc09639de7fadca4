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
    with first.lock:
        with second.lock:
            if a.balance < amount:
                return False
            a.balance -= amount
            b.balance += amount
            return True
