from collections import deque
from threading import Condition


class BoundedBlockingQueue:
    def __init__(self, capacity):
        self.capacity = capacity
        self.elements = deque()
        self.changed = Condition()

    def enqueue(self, element):
        with self.changed:
            while len(self.elements) == self.capacity:
                self.changed.wait()
            self.elements.append(element)
            self.changed.notify_all()

    def dequeue(self):
        with self.changed:
            while not self.elements:
                self.changed.wait()
            element = self.elements.popleft()
            self.changed.notify_all()
            return element

    def size(self):
        with self.changed:
            return len(self.elements)
