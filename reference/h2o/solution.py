from threading import Barrier, Semaphore


class H2O:
    def __init__(self):
        self.hydrogens = Semaphore(2)
        self.oxygens = Semaphore(1)
        self.complete = Barrier(3)

    def hydrogen(self, releaseHydrogen):
        with self.hydrogens:
            self.complete.wait()
            releaseHydrogen()

    def oxygen(self, releaseOxygen):
        with self.oxygens:
            self.complete.wait()
            releaseOxygen()
