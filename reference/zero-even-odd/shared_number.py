from threading import Lock

class ZeroEvenOdd:
    def __init__(self, n):
        self.n = n
        self.cur = 1
        self.z, self.e, self.o = Lock(), Lock(), Lock()
        self.e.acquire()
        self.o.acquire()

    def zero(self, printNumber: 'Callable[[int], None]') -> None:
        for _ in range(self.n):
            self.z.acquire()
            printNumber(0)
            if self.cur % 2:
                self.o.release()
            else:
                self.e.release()

    def even(self, printNumber: 'Callable[[int], None]') -> None:
        while self.cur <= self.n:
            self.e.acquire()
            printNumber(self.cur)
            self.cur += 1
            self.z.release()

    def odd(self, printNumber: 'Callable[[int], None]') -> None:
        while self.cur <= self.n:
            self.o.acquire()
            printNumber(self.cur)
            self.cur += 1
            self.z.release()
