from stage import note, together

METHODS = ("fizz", "buzz", "fizzbuzz", "number")


def counting(student, ns):
    """For each n an object, one after the other; a thread for each method."""
    for n in ns:
        counter = student.FizzBuzz(n)
        together(*(lambda name=name: getattr(counter, name)(lambda *x: note(*x or (name,), by=name)) for name in METHODS))
