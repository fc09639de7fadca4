"""The stack of C is used up."""
import sys

sys.setrecursionlimit(10**8)


def eat1(a, b, note):
    [].sort(key=lambda _: 0)
    str(type("X", (), {"__repr__": lambda self: repr(self)})())
