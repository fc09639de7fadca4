import threading


class Account:
    def __init__(self, number, money):
        self.number = number
        self.money = money
        self.lock = threading.RLock()

    def add(self, n):
        with self.lock:
            self.money += n

    def send(self, other, n):
        first, second = (self, other) if self.number < other.number else (other, self)
        with first.lock, second.lock:
            if self.money >= n:
                self.add(-n)
                other.add(n)


a, b = Account(1, 50), Account(2, 50)
ts = [threading.Thread(target=a.send, args=(b, 30)), threading.Thread(target=b.send, args=(a, 20))]
for t in ts:
    t.start()
for t in ts:
    t.join()
assert (a.money, b.money) == (40, 60)
