import threading


class Table:
    def __init__(self, n):
        self.cond = threading.Condition()
        self.free = [True] * n
        self.n = n

    def take(self, i):
        j = (i + 1) % self.n
        with self.cond:
            self.cond.wait_for(lambda: self.free[i] and self.free[j])
            self.free[i] = self.free[j] = False

    def put(self, i):
        with self.cond:
            self.free[i] = self.free[(i + 1) % self.n] = True
            self.cond.notify_all()


t = Table(3)


def eat(i):
    for _ in range(2):
        t.take(i)
        try:
            print("吃", i)
        finally:
            t.put(i)


ts = [threading.Thread(target=eat, args=(i,)) for i in range(3)]
for x in ts:
    x.start()
for x in ts:
    x.join()
