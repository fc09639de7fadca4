"""The task that holds a lock, and what it says of itself."""
def eat1(a, b, note):
    with a:
        a.taken_by.quiet = 1000
        with b:
            note("eat1")


def eat2(a, b, note):
    with b:
        b.taken_by.quiet = 1000
        with a:
            note("eat2")
