"""The same past our streams."""
import os


def eat1(a, b, note):
    while True:
        os.write(1, b"x" * 10_000)
