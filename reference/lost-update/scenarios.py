from stage import together


def at_once(student, *steps):
    """A thread for each step, such as ("add", 3), on one counter that starts at 10; what it says in the end."""
    counter = student.Counter(10)
    together(*(lambda name=name, n=n: getattr(counter, name)(n) for name, n in steps))
    return counter.value


def in_turn(student, start, *steps):
    """One step after the other; what the counter says after each."""
    counter = student.Counter(*start)
    said = [counter.value]
    for name, n in steps:
        getattr(counter, name)(n)
        said.append(counter.value)
    return said


def two_counters(student):
    """What two counters say when each has been used."""
    first, second = student.Counter(1), student.Counter(100)
    first.add(2)
    second.sub(3)
    first.add(4)
    return first.value, second.value
