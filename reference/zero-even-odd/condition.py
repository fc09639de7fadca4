import threading


class ZeroEvenOdd:
    def __init__(self, n):
        self.n = n
        self.count = 1
        self.zero_next = True
        self.cv = threading.Condition()

    def zero(self, printNumber: Callable[[int], None]) -> None:
        for _ in range(self.n):
            with self.cv:
                while not self.zero_next:
                    self.cv.wait()
                printNumber(0)
                self.zero_next = False
                self.cv.notify_all()

    def even(self, printNumber: Callable[[int], None]) -> None:
        self.print_from(2, printNumber)

    def odd(self, printNumber: Callable[[int], None]) -> None:
        self.print_from(1, printNumber)

    def print_from(self, start, printNumber):
        for x in range(start, self.n + 1, 2):
            with self.cv:
                while self.zero_next or self.count != x:
                    self.cv.wait()
                printNumber(x)
                self.count += 1
                self.zero_next = True
                self.cv.notify_all()
