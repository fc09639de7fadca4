import threading


class Stock:
    def __init__(self):
        self.items = {}
        self.locks = {k: threading.Lock() for k in ("苹果", "梨")}

    def add(self, k, n=1):
        with self.locks[k]:
            if k in self.items:
                self.items[k] += n
            else:
                self.items[k] = n


s = Stock()
ts = [threading.Thread(target=s.add, args=(k,)) for k in ("苹果", "梨", "苹果")]
for t in ts:
    t.start()
for t in ts:
    t.join()
assert s.items == {"苹果": 2, "梨": 1}
