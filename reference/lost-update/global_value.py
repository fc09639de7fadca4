from threading import Lock

value = 0
lock = Lock()


class Counter:
    def __init__(self, start=0):
        global value
        value = start

    @property
    def value(self):
        return value

    def add(self, n):
        global value
        with lock:
            value += n

    def sub(self, n):
        global value
        with lock:
            value -= n
