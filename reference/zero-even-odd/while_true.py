class ZeroEvenOdd:
    def __init__(self, n):
        self.n = n
        self.i = 1
        self.state = 0
        self.cond = Condition()

    def zero(self, printNumber: 'Callable[[int], None]') -> None:
        while True:
            with self.cond:
                self.cond.wait_for(lambda: self.state == 0 or self.i > self.n)
                if self.i > self.n:
                    return
                printNumber(0)
                self.state = 1 if self.i % 2 else 2
                self.cond.notify_all()

    def even(self, printNumber: 'Callable[[int], None]') -> None:
        self.run(2, printNumber)

    def odd(self, printNumber: 'Callable[[int], None]') -> None:
        self.run(1, printNumber)

    def run(self, mine, printNumber):
        while True:
            with self.cond:
                self.cond.wait_for(lambda: self.state == mine or self.i > self.n)
                if self.i > self.n:
                    return
                printNumber(self.i)
                self.i += 1
                self.state = 0
                self.cond.notify_all()
