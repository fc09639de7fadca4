import time
import traceback
from queue import Queue
from threading import Thread


class ThreadPool:
    def __init__(self, n):
        self.tasks = Queue()
        self.closed = False
        self.workers = [Thread(target=self.work) for _ in range(n)]
        for worker in self.workers:
            worker.start()

    def submit(self, f, *args):
        self.tasks.put((f, args))

    def close(self):
        self.closed = True
        for worker in self.workers:
            worker.join()

    def work(self):
        while True:
            if self.tasks.empty():
                if self.closed:
                    break
                time.sleep(0.01)
                continue
            f, args = self.tasks.get()
            try:
                f(*args)
            except Exception:
                traceback.print_exc()
