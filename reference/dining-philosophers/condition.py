from threading import Condition

class DiningPhilosophers:
    def __init__(self):
        self.used = [False] * 5
        self.cond = Condition()

    def wantsToEat(self, philosopher, pickLeftFork, pickRightFork, eat, putLeftFork, putRightFork):
        a, b = philosopher, (philosopher + 1) % 5
        with self.cond:
            while self.used[a] or self.used[b]:
                self.cond.wait()
            self.used[a] = self.used[b] = True
        pickLeftFork()
        pickRightFork()
        eat()
        putLeftFork()
        putRightFork()
        with self.cond:
            self.used[a] = self.used[b] = False
            self.cond.notify_all()
