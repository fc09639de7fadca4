class ZeroEvenOdd(object):
    def __init__(self, n):
        self.n = n
        self.z, self.e, self.o = threading.Event(), threading.Event(), threading.Event()
        self.z.set()

    def zero(self, printNumber):
        for i in range(self.n):
            self.z.wait()
            self.z.clear()
            printNumber(0)
            if i % 2 == 0:
                self.o.set()
            else:
                self.e.set()

    def even(self, printNumber):
        for i in range(2, self.n + 1, 2):
            self.e.wait()
            self.e.clear()
            printNumber(i)
            self.z.set()

    def odd(self, printNumber):
        for i in range(1, self.n + 1, 2):
            self.o.wait()
            self.o.clear()
            printNumber(i)
            self.z.set()
