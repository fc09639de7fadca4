class DiningPhilosophers(object):
    def __init__(self):
        self.locks = [Lock() for _ in range(5)]

    def wantsToEat(self, philosopher, *actions):
        """
        :type philosopher: int
        :rtype: void
        """
        left, right = philosopher, (philosopher + 4) % 5
        pickLeftFork, pickRightFork, eat, putLeftFork, putRightFork = actions
        if philosopher % 2 == 0:
            with self.locks[left]:
                pickLeftFork()
                with self.locks[right]:
                    pickRightFork()
                    eat()
                    putRightFork()
                putLeftFork()
        else:
            with self.locks[right]:
                pickRightFork()
                with self.locks[left]:
                    pickLeftFork()
                    eat()
                    putLeftFork()
                putRightFork()
