from stage import note, together


def printing(student, order, objects=1):
    """A thread for each method, started in this order; with another object once all have returned."""
    for _ in range(objects):
        foo = student.Foo()
        together(*(lambda name=name: getattr(foo, name)(lambda: note(name)) for name in order))
