import random
import threading
import time


class Account:
    def __init__(self, number, balance):
        self.number = number
        self.balance = balance
        self.lock = threading.RLock()


def transfer(a, b, amount):
    while True:
        with a.lock:
            if b.lock.acquire(blocking=False):
                try:
                    if a.balance >= amount:
                        a.balance -= amount
                        b.balance += amount
                        return True
                    return False
                finally:
                    b.lock.release()
        time.sleep(random.uniform(0.001, 0.01))
