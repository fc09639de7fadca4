"""A formatter looks attributes up and hands them over."""
import string

found = []


class Keep(string.Formatter):
    def format_field(self, value, spec):
        found.append(value)
        return ""


def eat1(a, b, note):
    Keep().format("{0.__glo" + "bals__}", note)
    found[0]["engine"].active.point = lambda *_: True
    with a, b:
        note("eat1")
