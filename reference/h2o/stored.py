import threading


class H2O(object):
    def __init__(self):
        self.lock = threading.Lock()
        self.hydrogens = []
        self.oxygens = []

    def hydrogen(self, releaseHydrogen):
        """
        :type releaseHydrogen: method
        :rtype: void
        """
        with self.lock:
            self.hydrogens.append(releaseHydrogen)
            self.bond()

    def oxygen(self, releaseOxygen):
        with self.lock:
            self.oxygens.append(releaseOxygen)
            self.bond()

    def bond(self):
        while len(self.hydrogens) >= 2 and self.oxygens:
            self.hydrogens.pop()()
            self.hydrogens.pop()()
            self.oxygens.pop()()
