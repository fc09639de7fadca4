import threading


class Stock:
    def __init__(self):
        self.lock = threading.RLock()
        self.items = {}

    def add(self, name, n):
        with self.lock:
            self.items[name] = self.items.get(name, 0) + n

    def move(self, name, other, n):
        with self.lock:
            self.add(name, -n)
            self.add(other, n)


stock = Stock()
stock.add("apple", 5)
t = threading.Thread(target=stock.move, args=("apple", "pear", 2))
t.start()
t.join()
assert stock.items == {"apple": 3, "pear": 2}
