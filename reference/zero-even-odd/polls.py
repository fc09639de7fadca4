import time

class ZeroEvenOdd:
    def __init__(self, n):
        self.n = n
        self.flag = 0

    def zero(self, printNumber):
        for i in range(self.n):
            while self.flag != 0:
                time.sleep(0.001)
            printNumber(0)
            self.flag = 1 if i % 2 == 0 else 2

    def even(self, printNumber):
        for i in range(2, self.n + 1, 2):
            while self.flag != 2:
                time.sleep(0.001)
            printNumber(i)
            self.flag = 0

    def odd(self, printNumber):
        for i in range(1, self.n + 1, 2):
            while self.flag != 1:
                time.sleep(0.001)
            printNumber(i)
            self.flag = 0
