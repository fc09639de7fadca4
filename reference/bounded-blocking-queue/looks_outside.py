import time
from threading import Lock


class BoundedBlockingQueue:
    def __init__(self, capacity):
        self.capacity = capacity
        self.items = []
        self.lock = Lock()

    def enqueue(self, element):
        while len(self.items) >= self.capacity:
            time.sleep(0.001)
        with self.lock:
            self.items.append(element)

    def dequeue(self):
        while not self.items:
            time.sleep(0.001)
        with self.lock:
            return self.items.pop(0)

    def size(self):
        return len(self.items)
