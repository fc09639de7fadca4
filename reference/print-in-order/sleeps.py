import time


class Foo:
    def __init__(self):
        self.state = 0

    def first(self, printFirst):
        printFirst()
        self.state = 1

    def second(self, printSecond):
        while self.state != 1:
            time.sleep(0.001)
        printSecond()
        self.state = 2

    def third(self, printThird):
        while self.state != 2:
            time.sleep(0.001)
        printThird()
