class H2O:
    def __init__(self):
        self.h = Semaphore(2)
        self.o = Semaphore(0)
        self.lock = Lock()
        self.count = 0

    def hydrogen(self, releaseHydrogen: 'Callable[[], None]') -> None:
        self.h.acquire()
        releaseHydrogen()
        with self.lock:
            self.count += 1
            if self.count == 2:
                self.count = 0
                self.o.release()

    def oxygen(self, releaseOxygen: 'Callable[[], None]') -> None:
        self.o.acquire()
        releaseOxygen()
        self.h.release()
        self.h.release()
