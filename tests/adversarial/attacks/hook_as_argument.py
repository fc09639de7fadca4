"""A hook of rewritten code is a local variable here."""
class Counter:
    def __init__(self):
        self.value = 0

    def add(self, __at_attribute__=lambda thing, *_: thing):
        n = self.value
        self.value = n + 1
