from stage import note, together


def printing(student, ns, order):
    """For each n an object, one after the other; a thread for each method, started in this order."""
    for n in ns:
        series = student.ZeroEvenOdd(n)
        together(*(lambda name=name: getattr(series, name)(lambda x: note(x, by=name)) for name in order))
