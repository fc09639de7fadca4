class DiningPhilosophers:
    def __init__(self):
        self.forks = [threading.Lock() for i in range(5)]

    def wantsToEat(self, philosopher, pickLeftFork, pickRightFork, eat, putLeftFork, putRightFork):
        left, right = philosopher, (philosopher + 1) % 5
        if philosopher == 0:
            self.forks[right].acquire()
            self.forks[left].acquire()
        else:
            self.forks[left].acquire()
            self.forks[right].acquire()
        for action in (pickLeftFork, pickRightFork, eat, putLeftFork, putRightFork):
            action()
        self.forks[left].release()
        self.forks[right].release()
