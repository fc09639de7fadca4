import threading


class Counter:
    def __init__(self, start=0):
        self.value = start
        self.lock = threading.Lock()

    def add(self, n):
        self.lock.acquire()
        self.value += n
        self.lock.release()

    def sub(self, n):
        self.lock.acquire()
        self.value -= n
        self.lock.release()
