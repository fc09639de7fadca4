import functools
import threading


def locked(method):
    @functools.wraps(method)
    def call(self, *args):
        with self.lock:
            return method(self, *args)
    return call


class Counter:
    def __init__(self, start=0):
        self.value = start
        self.lock = threading.RLock()

    @locked
    def add(self, n):
        self.value += n

    @locked
    def sub(self, n):
        self.value -= n
