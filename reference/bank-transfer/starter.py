from threading import Lock


class Account:
    def __init__(self, number, balance):
        self.number = number
        self.balance = balance
        self.lock = Lock()


def transfer(a, b, amount):
    if a.balance < amount:
        return False
    a.balance -= amount
    b.balance += amount
    return True
