import threading


class BankAccount:
    def __init__(self):
        self._opened = False
        self._balance = 0
        self._lock = threading.RLock()

    def _check_open(self):
        if not self._opened:
            raise ValueError('account not open')

    def _check_amount(self, amount):
        if amount <= 0:
            raise ValueError('amount must be greater than 0')

    def get_balance(self):
        self._check_open()
        return self._balance

    def open(self):
        if self._opened:
            raise ValueError('account already open')
        self._opened = True
        self._balance = 0

    def deposit(self, amount):
        self._check_open()
        self._check_amount(amount)
        self._lock.acquire()
        try:
            self._balance = self._balance + amount
        finally:
            self._lock.release()

    def withdraw(self, amount):
        self._check_open()
        self._check_amount(amount)
        with self._lock:
            if amount > self.get_balance():
                raise ValueError('amount must be less than balance')
            self._balance -= amount

    def close(self):
        self._check_open()
        self._opened = False
