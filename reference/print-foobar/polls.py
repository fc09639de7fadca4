from time import sleep


class FooBar:
    def __init__(self, n):
        self.n = n
        self.foo_next = True

    def foo(self, printFoo):
        for i in range(self.n):
            while not self.foo_next:
                sleep(0.001)
            printFoo()
            self.foo_next = False

    def bar(self, printBar):
        for i in range(self.n):
            while self.foo_next:
                sleep(0.001)
            printBar()
            self.foo_next = True
