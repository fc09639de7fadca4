"""A task ends itself when it would have to wait."""
import sys


def eat2(a, b, note):
    with b:
        if a.locked():
            note("eat2")
            sys.exit(0)
        with a:
            note("eat2")
