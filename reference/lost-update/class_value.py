from threading import Lock


class Counter:
    value = 0
    lock = Lock()

    def __init__(self, start=0):
        Counter.value = start

    def add(self, n):
        with self.lock:
            Counter.value += n

    def sub(self, n):
        with self.lock:
            Counter.value -= n
