import threading


class Buffer:
    def __init__(self, size):
        self.size = size
        self.items = []
        self.cond = threading.Condition()

    def put(self, x):
        with self.cond:
            while len(self.items) == self.size:
                self.cond.wait()
            self.items.append(x)
            self.cond.notify_all()

    def get(self):
        with self.cond:
            while not self.items:
                self.cond.wait()
            x = self.items.pop(0)
            self.cond.notify_all()
            return x


buffer = Buffer(1)
got = []
p = threading.Thread(target=lambda: [buffer.put(i) for i in range(3)])
c = threading.Thread(target=lambda: got.extend(buffer.get() for _ in range(3)))
p.start()
c.start()
p.join()
c.join()
assert got == [0, 1, 2]
