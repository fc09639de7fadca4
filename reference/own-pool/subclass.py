from queue import Queue
from threading import Thread


class Worker(Thread):
    def __init__(self, q):
        super().__init__()
        self.q = q

    def run(self):
        while True:
            func, args = self.q.get()
            if func == "stop":
                return
            try:
                func(*args)
            except BaseException as e:
                print(e)


class ThreadPool:
    def __init__(self, n):
        self.q = Queue(1)
        self.workers = []
        for i in range(n):
            w = Worker(self.q)
            w.start()
            self.workers.append(w)

    def submit(self, f, *args):
        self.q.put((f, args))

    def close(self):
        for i in range(len(self.workers)):
            self.q.put(("stop", ()))
        for w in self.workers:
            w.join()
