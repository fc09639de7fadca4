from threading import Thread


class MyThread(Thread):
    def __init__(self, i, work):
        super().__init__()
        self.i = i
        self.work = work

    def run(self):
        self.result = self.work(self.i)


def run_threads(n, work):
    threads = [MyThread(i, work) for i in range(n)]
    [t.start() for t in threads]
    [t.join() for t in threads]
    return [t.result for t in threads]
