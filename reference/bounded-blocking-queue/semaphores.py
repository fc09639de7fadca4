import threading
from collections import deque

class BoundedBlockingQueue(object):

    def __init__(self, capacity: int):
        self.en, self.de = threading.Semaphore(capacity), threading.Semaphore(0)
        self.lock = threading.Lock()
        self.q = deque()

    def enqueue(self, element: int) -> None:
        self.en.acquire()
        with self.lock:
            self.q.append(element)
        self.de.release()

    def dequeue(self) -> int:
        self.de.acquire()
        with self.lock:
            res = self.q.popleft()
        self.en.release()
        return res

    def size(self) -> int:
        return len(self.q)
