from threading import Lock


class BankAccount:
    def __init__(self):
        self.balance = None
        self.lock = Lock()

    def get_balance(self):
        with self.lock:
            self.must_be_open()
            return self.balance

    def open(self):
        with self.lock:
            if self.balance is not None:
                raise ValueError("account already open")
            self.balance = 0

    def deposit(self, amount):
        with self.lock:
            self.must_be_open()
            if amount <= 0:
                raise ValueError("amount must be greater than 0")
            self.balance += amount

    def withdraw(self, amount):
        with self.lock:
            self.must_be_open()
            if amount <= 0:
                raise ValueError("amount must be greater than 0")
            if amount > self.balance:
                raise ValueError("amount must be less than balance")
            self.balance -= amount

    def close(self):
        with self.lock:
            self.must_be_open()
            self.balance = None

    def must_be_open(self):
        if self.balance is None:
            raise ValueError("account not open")
