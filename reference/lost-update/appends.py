class Counter:
    def __init__(self, start=0):
        self.changes = [start]

    @property
    def value(self):
        return sum(self.changes)

    def add(self, n):
        self.changes.append(n)

    def sub(self, n):
        self.changes.append(-n)
