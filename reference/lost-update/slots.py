from threading import Lock


class Counter:
    def __init__(self, start=0):
        self.changes = [start]
        self.used = 1
        self.lock = Lock()

    @property
    def value(self):
        return sum(self.changes)

    def add(self, n):
        if self.used == len(self.changes):
            self.changes.append(0)
        with self.lock:
            self.changes[self.used] = n
            self.used += 1

    def sub(self, n):
        self.add(-n)
