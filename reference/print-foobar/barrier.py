from threading import Barrier, Event


class FooBar:
    def __init__(self, n):
        self.n = n
        self.barrier = Barrier(2)
        self.printed = Event()

    def foo(self, printFoo):
        for _ in range(self.n):
            printFoo()
            self.printed.set()
            self.barrier.wait()

    def bar(self, printBar):
        for _ in range(self.n):
            self.printed.wait()
            self.printed.clear()
            printBar()
            self.barrier.wait()
