import threading
class BoundedBuffer:
    def __init__(self, size):
        self.size = size
        self.items = []
        self.lock = threading.Lock()
        self.not_full = threading.Condition(self.lock)
        self.not_empty = threading.Condition(self.lock)
    def put(self, x):
        with self.not_full:
            self.not_full.wait_for(lambda: len(self.items) < self.size)
            self.items.append(x)
            self.not_empty.notify()
    def get(self):
        with self.not_empty:
            while not self.items:
                self.not_empty.wait()
            x = self.items.pop(0)
            self.not_full.notify()
            return x
buf = BoundedBuffer(1)
got = []
def producer(n):
    for i in range(2): buf.put((n, i))
def consumer():
    for i in range(2): got.append(buf.get())
ts = [threading.Thread(target=producer, args=(i,)) for i in range(2)] + [threading.Thread(target=consumer) for _ in range(2)]
for t in ts: t.start()
for t in ts: t.join()
assert sorted(got) == [(0,0),(0,1),(1,0),(1,1)]
