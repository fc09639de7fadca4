"""So many outcomes that nobody looks on."""
import random


class Counter:
    def __init__(self):
        self.value = 0
        self.order = []

    def add(self):
        for _ in range(8):
            self.order.append(random.random())
        n = self.value
        self.value = n + 1


def eat1(a, b, note):
    with a:
        with b:
            note(("eat1", random.random()))
