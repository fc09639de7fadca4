from threading import Semaphore


class ZeroEvenOdd:
    def __init__(self, n):
        self.n = n
        self.zero_turn = Semaphore(1)
        self.even_turn = Semaphore(0)
        self.odd_turn = Semaphore(0)

    def zero(self, printNumber):
        for x in range(1, self.n + 1):
            self.zero_turn.acquire()
            printNumber(0)
            if x % 2 == 1:
                self.odd_turn.release()
            else:
                self.even_turn.release()

    def even(self, printNumber):
        for x in range(2, self.n + 1, 2):
            self.even_turn.acquire()
            printNumber(x)
            self.zero_turn.release()

    def odd(self, printNumber):
        for x in range(1, self.n + 1, 2):
            self.odd_turn.acquire()
            printNumber(x)
            self.zero_turn.release()
