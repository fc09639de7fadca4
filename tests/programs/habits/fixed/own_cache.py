import threading
from collections import OrderedDict
class LRU:
    def __init__(self, cap):
        self.cap = cap
        self.data = OrderedDict()
        self.lock = threading.Lock()
        self.hits = self.misses = 0
    def get(self, key, default=None):
        with self.lock:
            if key in self.data:
                self.data.move_to_end(key)
                self.hits += 1
                return self.data[key]
            self.misses += 1
            return default
    def put(self, key, value):
        with self.lock:
            self.data[key] = value
            self.data.move_to_end(key)
            if len(self.data) > self.cap:
                self.data.popitem(last=False)
    def __len__(self):
        with self.lock:
            return len(self.data)
c = LRU(2)
def work(n):
    for i in range(3):
        if c.get(i) is None:
            c.put(i, n)
ts = [threading.Thread(target=work, args=(i,)) for i in range(2)]
for t in ts: t.start()
for t in ts: t.join()
assert len(c) == 2
assert c.hits + c.misses == 6
