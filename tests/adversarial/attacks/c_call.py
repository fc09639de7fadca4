"""A call in C that never comes back."""
import re


def eat1(a, b, note):
    re.match("(a+)+$", "a" * 60 + "b")
