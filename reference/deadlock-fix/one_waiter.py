from threading import Lock, RLock

waiter = Lock()

def make_locks():
    return Lock(), Lock()

def eat1(name, noodle, fork, bite):
    with waiter:
        with noodle:
            with fork:
                bite(name)

def eat2(name, noodle, fork, bite):
    with waiter:
        with fork:
            with noodle:
                bite(name)
