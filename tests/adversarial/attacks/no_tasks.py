"""The counter is right because nobody counts at the same time; the meal is not eaten."""
def eat1(a, b, note):
    note("eat1")


def eat2(a, b, note):
    if a.acquire(timeout=0.001):
        note("eat2")
