class FooBar(object):
    def __init__(self, n):
        self.n = n
        self.foo_event = threading.Event()
        self.bar_event = threading.Event()
        self.foo_event.set()

    def foo(self, printFoo):
        """
        :type printFoo: method
        :rtype: void
        """
        for i in range(self.n):
            self.foo_event.wait()
            self.foo_event.clear()
            printFoo()
            self.bar_event.set()

    def bar(self, printBar):
        for i in range(self.n):
            self.bar_event.wait()
            self.bar_event.clear()
            printBar()
            self.foo_event.set()
