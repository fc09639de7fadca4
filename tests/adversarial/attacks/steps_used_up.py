"""No schedule comes to its end."""
class Counter:
    def __init__(self):
        self.value = 0
        self.wasted = 0

    def add(self):
        for _ in range(40_000):
            self.wasted = self.wasted
        n = self.value
        self.value = n + 1
