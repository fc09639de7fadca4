from functools import wraps
from threading import Semaphore


def locked(method):
    @wraps(method)
    def guarded(self, *args):
        self.guard.acquire()
        try:
            return method(self, *args)
        finally:
            self.guard.release()
    return guarded


def when_open(method):
    @wraps(method)
    def checked(self, *args):
        if not self.is_open:
            raise ValueError("account not open")
        if args and args[0] <= 0:
            raise ValueError("amount must be greater than 0")
        return method(self, *args)
    return checked


class BankAccount:
    def __init__(self):
        self.guard = Semaphore()
        self.is_open = False

    @locked
    @when_open
    def get_balance(self):
        return self.total

    @locked
    def open(self):
        if self.is_open:
            raise ValueError("account already open")
        self.is_open, self.total = True, 0

    @locked
    @when_open
    def deposit(self, amount):
        self.total += amount

    @locked
    @when_open
    def withdraw(self, amount):
        if self.total < amount:
            raise ValueError("amount must be less than balance")
        self.total -= amount

    @locked
    @when_open
    def close(self):
        self.is_open = False
