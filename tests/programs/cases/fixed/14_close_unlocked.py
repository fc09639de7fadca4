import threading


class Account:
    def __init__(self):
        self.lock = threading.Lock()
        self.is_open = True
        self.balance = 0

    def deposit(self, amount):
        with self.lock:
            if self.is_open:
                self.balance += amount

    def close(self):
        with self.lock:
            self.is_open = False
            self.balance = 0


account = Account()
threads = [threading.Thread(target=account.deposit, args=(5,)), threading.Thread(target=account.close)]
for t in threads:
    t.start()
for t in threads:
    t.join()
assert account.balance == 0, account.balance
