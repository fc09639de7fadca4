from stage import note, together


def printing(student, ns, order):
    """For each n an object, one after the other; a thread for each method, started in this order."""
    for n in ns:
        foobar = student.FooBar(n)
        together(*(lambda name=name: getattr(foobar, name)(lambda: note(name)) for name in order))
