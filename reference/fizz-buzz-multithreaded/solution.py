from threading import Semaphore


class FizzBuzz:
    def __init__(self, n):
        self.n = n
        self.fizz_turn = Semaphore(0)
        self.buzz_turn = Semaphore(0)
        self.fizzbuzz_turn = Semaphore(0)
        self.printed = Semaphore(0)

    def fizz(self, printFizz):
        for _ in range(self.n // 3 - self.n // 15):
            self.fizz_turn.acquire()
            printFizz()
            self.printed.release()

    def buzz(self, printBuzz):
        for _ in range(self.n // 5 - self.n // 15):
            self.buzz_turn.acquire()
            printBuzz()
            self.printed.release()

    def fizzbuzz(self, printFizzBuzz):
        for _ in range(self.n // 15):
            self.fizzbuzz_turn.acquire()
            printFizzBuzz()
            self.printed.release()

    def number(self, printNumber):
        for x in range(1, self.n + 1):
            if x % 15 == 0:
                self.fizzbuzz_turn.release()
            elif x % 3 == 0:
                self.fizz_turn.release()
            elif x % 5 == 0:
                self.buzz_turn.release()
            else:
                printNumber(x)
                continue
            self.printed.acquire()
