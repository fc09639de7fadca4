from threading import Lock

from stage import label, note, together


def table(student, *eaters):
    """A thread for each function's name; then whether both locks are free."""
    noodle, fork = Lock(), Lock()
    label(noodle=noodle, fork=fork)
    together(*(lambda name=name, eat=eat: getattr(student, eat)(name, noodle, fork, note) for name, eat in zip(["太白", "哪吒"], eaters)))
    return [noodle.acquire(blocking=False), fork.acquire(blocking=False)]
