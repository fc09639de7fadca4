from queue import Queue
from threading import Thread


class ThreadPool:
    def __init__(self, n):
        self.tasks = Queue()
        self.workers = []
        for _ in range(n):
            worker = Thread(target=self.work)
            worker.start()
            worker.join()
            self.workers.append(worker)

    def submit(self, f, *args):
        self.tasks.put((f, args))

    def close(self):
        for _ in self.workers:
            self.tasks.put(None)

    def work(self):
        while True:
            task = self.tasks.get()
            if task is None:
                break
            f, args = task
            f(*args)
