from threading import Event

has_noodle = Event()
has_fork = Event()


def eat1(name, noodle, fork, bite):
    with noodle:
        has_noodle.set()
        has_fork.wait()
        with fork:
            bite(name)


def eat2(name, noodle, fork, bite):
    with fork:
        has_fork.set()
        has_noodle.wait()
        with noodle:
            bite(name)
