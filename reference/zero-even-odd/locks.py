from threading import Lock

class ZeroEvenOdd:
    def __init__(self, n):
        self.n = n
        self.z, self.e, self.o = Lock(), Lock(), Lock()
        self.e.acquire()
        self.o.acquire()
        self.isOdd = True

    def zero(self, printNumber: 'Callable[[int], None]') -> None:
        for _ in range(self.n):
            self.z.acquire()
            printNumber(0)
            if self.isOdd:
                self.o.release()
            else:
                self.e.release()
            self.isOdd = not self.isOdd

    def even(self, printNumber: 'Callable[[int], None]') -> None:
        for i in range(1, self.n // 2 + 1):
            self.e.acquire()
            printNumber(i * 2)
            self.z.release()

    def odd(self, printNumber: 'Callable[[int], None]') -> None:
        for i in range(1, (self.n + 1) // 2 + 1):
            self.o.acquire()
            printNumber(i * 2 - 1)
            self.z.release()
