import threading


class Latch:
    def __init__(self, n):
        self.n = n
        self.c = threading.Condition()

    def down(self):
        with self.c:
            self.n -= 1
            if self.n == 0:
                self.c.notify_all()

    def wait(self):
        if self.n > 0:
            with self.c:
                self.c.wait()


l = Latch(2)
for i in range(2):
    threading.Thread(target=l.down).start()
l.wait()
