class Foo:
    def __init__(self):
        self.cv = threading.Condition()
        self.turn = 1

    def first(self, printFirst: Callable[[], None]) -> None:
        with self.cv:
            printFirst()
            self.turn = 2
            self.cv.notify_all()

    def second(self, printSecond: Callable[[], None]) -> None:
        with self.cv:
            while self.turn != 2:
                self.cv.wait()
            printSecond()
            self.turn = 3
            self.cv.notify_all()

    def third(self, printThird: Callable[[], None]) -> None:
        with self.cv:
            self.cv.wait_for(lambda: self.turn == 3)
            printThird()
