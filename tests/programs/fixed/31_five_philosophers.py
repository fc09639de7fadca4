import threading

COUNT = 5


class Philosopher(threading.Thread):
    forks = [threading.Lock() for _ in range(COUNT)]

    def __init__(self, seat):
        super().__init__(name=f"哲学家{seat}")
        self.seat = seat
        self.ate = 0

    def run(self):
        low, high = sorted([self.seat, (self.seat + 1) % COUNT])
        with self.forks[low], self.forks[high]:
            self.ate += 1


table = [Philosopher(i) for i in range(COUNT)]
for p in table:
    p.start()
for p in table:
    p.join()
assert [p.ate for p in table] == [1, 1, 1, 1, 1]
