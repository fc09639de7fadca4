"""The value is made up when it is asked for."""
class Counter:
    def __init__(self):
        self.n = 0

    def add(self):
        n = self.n
        self.n = n + 1

    @property
    def value(self):
        return 2 if self.n else 0
