import time
from threading import Lock


class DiningPhilosophers:
    def __init__(self):
        self.forks = [Lock() for _ in range(5)]

    def wantsToEat(self, philosopher, pickLeftFork, pickRightFork, eat, putLeftFork, putRightFork):
        left, right = self.forks[philosopher], self.forks[(philosopher + 1) % 5]
        while True:
            left.acquire()
            if right.acquire(False):
                break
            left.release()
            time.sleep(0.001 * (philosopher + 1))
        pickLeftFork()
        pickRightFork()
        eat()
        putLeftFork()
        putRightFork()
        right.release()
        left.release()
