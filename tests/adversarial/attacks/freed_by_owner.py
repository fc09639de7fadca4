"""A lock that says nobody has it."""
def eat1(a, b, note):
    with a:
        a.taken_by = None
        with b:
            note("eat1")


def eat2(a, b, note):
    with b:
        b.taken_by = None
        with a:
            note("eat2")
