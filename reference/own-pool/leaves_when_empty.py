from queue import Queue
from threading import Thread


class ThreadPool:
    def __init__(self, n):
        self.tasks = Queue()
        self.workers = [Thread(target=self.work) for _ in range(n)]
        for worker in self.workers:
            worker.start()

    def submit(self, f, *args):
        self.tasks.put((f, args))

    def close(self):
        for worker in self.workers:
            worker.join()

    def work(self):
        while not self.tasks.empty():
            f, args = self.tasks.get()
            f(*args)
