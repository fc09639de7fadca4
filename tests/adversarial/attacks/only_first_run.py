"""The bug is there only after the runs that are looked at most."""
import os

made = os.getpid()


class Counter:
    runs = 0

    def __init__(self):
        self.value = 0

    def add(self):
        n = self.value
        self.value = n + 1


with open("seen", "a") as file:
    file.write("x")
