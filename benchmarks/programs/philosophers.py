import threading

SEATS = 5
forks = [threading.Lock() for _ in range(SEATS)]


class Philosopher(threading.Thread):
    def __init__(self, seat):
        super().__init__()
        self.seat = seat

    def run(self):
        first, second = sorted((self.seat, (self.seat + 1) % SEATS))
        with forks[first], forks[second]:
            pass


if __name__ == "__main__":
    philosophers = [Philosopher(seat) for seat in range(SEATS)]
    for philosopher in philosophers:
        philosopher.start()
    for philosopher in philosophers:
        philosopher.join()
