import threading

COUNT = 5


class Philosopher(threading.Thread):
    forks = [threading.Lock() for _ in range(COUNT)]

    def __init__(self, seat):
        super().__init__(name=f"哲学家{seat}")
        self.seat = seat
        self.ate = 0

    def run(self):
        left = self.forks[self.seat]
        right = self.forks[(self.seat + 1) % COUNT]
        left.acquire()
        right.acquire()
        self.ate += 1
        right.release()
        left.release()


table = [Philosopher(i) for i in range(COUNT)]
for p in table:
    p.start()
for p in table:
    p.join()
print([p.ate for p in table])
