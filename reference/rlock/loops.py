from threading import RLock


def make_lock():
    return RLock()


def nested(lock, depth, work):
    for _ in range(depth):
        lock.acquire()
    work()
    for _ in range(depth):
        lock.release()
