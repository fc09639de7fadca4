from threading import RLock


class Account:
    lock = RLock()

    def __init__(self, number, balance):
        self.number = number
        self.balance = balance

    def withdraw(self, amount):
        with self.lock:
            if self.balance < amount:
                raise ValueError("not enough")
            self.balance -= amount

    def deposit(self, amount):
        with self.lock:
            self.balance += amount


def transfer(a, b, amount):
    try:
        a.withdraw(amount)
    except ValueError:
        return False
    b.deposit(amount)
    return True
