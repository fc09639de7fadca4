"""A loop that hides its passes in C."""
class Counter:
    def __init__(self):
        self.value = 0

    def add(self):
        any(map(lambda _: False, range(10**9)))
        n = self.value
        self.value = n + 1
