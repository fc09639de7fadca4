import threading


class RW:
    def __init__(self):
        self.mutex = threading.Lock()
        self.room = threading.Lock()
        self.n = 0

    def __enter__(self):
        with self.mutex:
            self.n += 1
            if self.n == 1:
                self.room.acquire()
        return self

    def __exit__(self, *exc):
        with self.mutex:
            self.n -= 1
            if self.n == 0:
                self.room.release()


rw = RW()
hits = 0


def r():
    global hits
    with rw:
        hits += 1


ts = [threading.Thread(target=r) for _ in range(2)]
[t.start() for t in ts]
[t.join() for t in ts]
print(hits)
