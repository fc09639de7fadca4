import time


class FizzBuzz:
    def __init__(self, n: int):
        self.n = n
        self.cur = 1

    def fizz(self, printFizz: 'Callable[[], None]') -> None:
        self.run(lambda x: x % 3 == 0 and x % 5 != 0, lambda x: printFizz())

    def buzz(self, printBuzz: 'Callable[[], None]') -> None:
        self.run(lambda x: x % 3 != 0 and x % 5 == 0, lambda x: printBuzz())

    def fizzbuzz(self, printFizzBuzz: 'Callable[[], None]') -> None:
        self.run(lambda x: x % 15 == 0, lambda x: printFizzBuzz())

    def number(self, printNumber: 'Callable[[int], None]') -> None:
        self.run(lambda x: x % 3 != 0 and x % 5 != 0, printNumber)

    def run(self, mine, show):
        x = self.cur
        while x <= self.n:
            if mine(x):
                show(x)
                self.cur = x + 1
            else:
                time.sleep(0.001)
            x = self.cur
