from stage import note, together


def printing(student, n, order=("foo", "bar"), objects=1):
    """A thread for each method, started in this order; with another object once both have returned."""
    for _ in range(objects):
        foobar = student.FooBar(n)
        together(*(lambda name=name: getattr(foobar, name)(lambda: note(name)) for name in order))
