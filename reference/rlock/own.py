import threading


class Recursive:
    """A lock that remembers who took it and how often."""

    def __init__(self):
        self.free = threading.Condition(threading.Lock())
        self.owner = None
        self.count = 0

    def acquire(self, blocking=True):
        me = threading.current_thread()
        with self.free:
            while self.owner not in (None, me):
                if not blocking:
                    return False
                self.free.wait()
            self.owner = me
            self.count += 1
            return True

    def release(self):
        with self.free:
            self.count -= 1
            if self.count == 0:
                self.owner = None
                self.free.notify()


def make_lock():
    return Recursive()


def nested(lock, depth, work):
    lock.acquire()
    try:
        if depth == 1:
            work()
        else:
            nested(lock, depth - 1, work)
    finally:
        lock.release()
