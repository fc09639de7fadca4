import threading


class FooBar:
    def __init__(self, n):
        self.n = n
        self.is_foo = True
        self.cond = threading.Condition()

    def foo(self, printFoo: Callable[[], None]) -> None:
        for _ in range(self.n):
            with self.cond:
                while not self.is_foo:
                    self.cond.wait()
                printFoo()
                self.is_foo = False
                self.cond.notify()

    def bar(self, printBar: Callable[[], None]) -> None:
        for _ in range(self.n):
            with self.cond:
                while self.is_foo:
                    self.cond.wait()
                printBar()
                self.is_foo = True
                self.cond.notify()
