"""The process ends in a task."""
import os


def eat1(a, b, note):
    with a, b:
        note("eat1")
        os._exit(0)
