from threading import Barrier


class FizzBuzz:
    def __init__(self, n: int):
        self.n = n
        self.barrier = Barrier(4)

    def fizz(self, printFizz: 'Callable[[], None]') -> None:
        for i in range(1, self.n + 1):
            if i % 3 == 0 and i % 5 != 0:
                printFizz()
            self.barrier.wait()

    def buzz(self, printBuzz: 'Callable[[], None]') -> None:
        for i in range(1, self.n + 1):
            if i % 3 != 0 and i % 5 == 0:
                printBuzz()
            self.barrier.wait()

    def fizzbuzz(self, printFizzBuzz: 'Callable[[], None]') -> None:
        for i in range(1, self.n + 1):
            if i % 15 == 0:
                printFizzBuzz()
            self.barrier.wait()

    def number(self, printNumber: 'Callable[[int], None]') -> None:
        for i in range(1, self.n + 1):
            if i % 3 != 0 and i % 5 != 0:
                printNumber(i)
            self.barrier.wait()
