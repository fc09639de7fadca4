from threading import Lock, Semaphore


class DiningPhilosophers:
    def __init__(self):
        self.seats = Semaphore(4)
        self.forks = [Lock() for _ in range(5)]

    def wantsToEat(self,
                   philosopher: int,
                   pickLeftFork: 'Callable[[], None]',
                   pickRightFork: 'Callable[[], None]',
                   eat: 'Callable[[], None]',
                   putLeftFork: 'Callable[[], None]',
                   putRightFork: 'Callable[[], None]') -> None:
        right_fork = philosopher
        left_fork = (philosopher + 1) % 5
        self.seats.acquire()
        self.forks[right_fork].acquire()
        self.forks[left_fork].acquire()
        pickRightFork()
        pickLeftFork()
        eat()
        putRightFork()
        putLeftFork()
        self.forks[right_fork].release()
        self.forks[left_fork].release()
        self.seats.release()
