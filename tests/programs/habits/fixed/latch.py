import threading


class Latch:
    def __init__(self, n):
        self.n = n
        self.c = threading.Condition()

    def down(self):
        with self.c:
            self.n -= 1
            if self.n <= 0:
                self.c.notify_all()

    def wait(self):
        with self.c:
            while self.n > 0:
                self.c.wait()


l = Latch(3)
out = []


def w(i):
    out.append(i)
    l.down()


for i in range(3):
    threading.Thread(target=w, args=(i,)).start()
l.wait()
assert len(out) == 3
total = sum(out)
out.clear()
