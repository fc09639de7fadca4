from threading import RLock


def make_lock():
    return RLock()


def nested(lock, depth, work):
    with lock:
        if depth == 1:
            work()
        else:
            nested(lock, depth - 1, work)
