from stage import together


def one(student, kind, items):
    """All items through one queue."""
    return student.drain(kind, list(items))


def two(student, kind, first, second):
    """Two threads at once, each with items of its own."""
    return together(lambda: student.drain(kind, list(first)), lambda: student.drain(kind, list(second)))
