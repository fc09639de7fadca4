import threading
from contextlib import contextmanager
class RW:
    def __init__(self):
        self.mutex = threading.Lock()
        self.room = threading.Lock()
        self.n = 0
    @contextmanager
    def reading(self):
        with self.mutex:
            self.n += 1
            if self.n == 1:
                self.room.acquire()
        try:
            yield
        finally:
            with self.mutex:
                self.n -= 1
                if self.n == 0:
                    self.room.release()
    @contextmanager
    def writing(self):
        with self.room:
            yield
rw = RW()
total = 0
def r():
    with rw.reading():
        print(total)
def w():
    global total
    with rw.writing():
        total += 1
ts = [threading.Thread(target=f) for f in (r, w, r, w)]
[t.start() for t in ts]
[t.join() for t in ts]
assert total == 2
