import traceback
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
        self.tasks.join()

    def close(self):
        for _ in self.workers:
            self.tasks.put(None)
        for worker in self.workers:
            worker.join()

    def work(self):
        while True:
            task = self.tasks.get()
            if task is None:
                break
            f, args = task
            try:
                f(*args)
            except Exception:
                traceback.print_exc()
            self.tasks.task_done()
