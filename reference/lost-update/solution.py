from threading import Lock


class Counter:
    def __init__(self, start=0):
        self.value = start
        self.lock = Lock()

    def add(self, n):
        with self.lock:
            self.value += n

    def sub(self, n):
        with self.lock:
            self.value -= n
