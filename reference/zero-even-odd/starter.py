class ZeroEvenOdd:
    def __init__(self, n):
        self.n = n

    # printNumber(x) outputs "x", where x is an integer.
    def zero(self, printNumber: 'Callable[[int], None]') -> None:
        pass

    def even(self, printNumber: 'Callable[[int], None]') -> None:
        pass

    def odd(self, printNumber: 'Callable[[int], None]') -> None:
        pass
