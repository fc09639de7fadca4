from threading import Lock, Semaphore


class H2O:
    def __init__(self):
        self.mutex = Lock()
        self.may_bond = Semaphore(0)
        self.bonded = Semaphore(0)

    def hydrogen(self, releaseHydrogen):
        self.may_bond.acquire()
        releaseHydrogen()
        self.bonded.release()

    def oxygen(self, releaseOxygen):
        with self.mutex:
            self.may_bond.release(2)
            self.bonded.acquire()
            self.bonded.acquire()
            releaseOxygen()
