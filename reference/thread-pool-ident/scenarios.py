import threading

from stage import note


def day(student, n, items):
    """Each piece of work is noted when it begins, with the ident of its thread, and when it ends; then that run has returned."""

    def work(item):
        note(item, act="begin", ident=threading.get_ident())
        note(item, act="end")

    got = student.run(n, list(items), work)
    note("run", act="returned")
    return got
