class FizzBuzz:
    def __init__(self, n: int):
        self.n = n
        self.over = False
        self.f = threading.Lock()
        self.b = threading.Lock()
        self.fb = threading.Lock()
        self.main = threading.Lock()
        for lock in (self.f, self.b, self.fb, self.main):
            lock.acquire()

    def fizz(self, printFizz: 'Callable[[], None]') -> None:
        self.loop(self.f, printFizz)

    def buzz(self, printBuzz: 'Callable[[], None]') -> None:
        self.loop(self.b, printBuzz)

    def fizzbuzz(self, printFizzBuzz: 'Callable[[], None]') -> None:
        self.loop(self.fb, printFizzBuzz)

    def loop(self, lock, show):
        while True:
            lock.acquire()
            if self.over:
                return
            show()
            self.main.release()

    def number(self, printNumber: 'Callable[[int], None]') -> None:
        for i in range(1, self.n + 1):
            if i % 15 == 0:
                self.fb.release()
                self.main.acquire()
            elif i % 3 == 0:
                self.f.release()
                self.main.acquire()
            elif i % 5 == 0:
                self.b.release()
                self.main.acquire()
            else:
                printNumber(i)
        self.over = True
        self.f.release()
        self.b.release()
        self.fb.release()
