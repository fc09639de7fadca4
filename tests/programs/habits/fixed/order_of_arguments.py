import threading


class Acc:
    def __init__(self, n):
        self.n, self.lock = n, threading.Lock()


def transfer(a, b, m):
    x, y = (a, b) if id(a) < id(b) else (b, a)
    with x.lock, y.lock:
        a.n -= m
        b.n += m


p, q = Acc(10), Acc(10)
ts = [threading.Thread(target=transfer, args=x) for x in ((p, q, 3), (q, p, 4))]
for t in ts:
    t.start()
for t in ts:
    t.join()
assert p.n + q.n == 20
