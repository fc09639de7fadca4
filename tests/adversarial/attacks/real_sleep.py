"""A wait that nobody controls."""
import select


def eat1(a, b, note):
    select.select([], [], [])
