def eat1(name, noodle, fork, bite):
    noodle.acquire()
    fork.acquire()
    bite(name)


def eat2(name, noodle, fork, bite):
    fork.acquire()
    noodle.acquire()
    bite(name)
