import time
from threading import Lock


class BoundedBlockingQueue:
    def __init__(self, capacity):
        self.capacity = capacity
        self.items = []
        self.lock = Lock()

    def enqueue(self, element):
        while True:
            with self.lock:
                if len(self.items) < self.capacity:
                    self.items.append(element)
                    return
            time.sleep(0.001)

    def dequeue(self):
        while True:
            with self.lock:
                if self.items:
                    return self.items.pop(0)
            time.sleep(0.001)

    def size(self):
        with self.lock:
            return len(self.items)
