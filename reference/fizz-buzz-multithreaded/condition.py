import threading


class FizzBuzz:
    def __init__(self, n: int):
        self.n = n
        self.cur = 1
        self.cv = threading.Condition()

    def fizz(self, printFizz: Callable[[], None]) -> None:
        self.run(lambda x: x % 3 == 0 and x % 5, lambda x: printFizz())

    def buzz(self, printBuzz: Callable[[], None]) -> None:
        self.run(lambda x: x % 3 and x % 5 == 0, lambda x: printBuzz())

    def fizzbuzz(self, printFizzBuzz: Callable[[], None]) -> None:
        self.run(lambda x: x % 15 == 0, lambda x: printFizzBuzz())

    def number(self, printNumber: Callable[[int], None]) -> None:
        self.run(lambda x: x % 3 and x % 5, printNumber)

    def run(self, mine, show):
        while True:
            with self.cv:
                while self.cur <= self.n and not mine(self.cur):
                    self.cv.wait()
                if self.cur > self.n:
                    return
                show(self.cur)
                self.cur += 1
                self.cv.notify_all()
