import time
import traceback
from threading import Thread


class ThreadPool:
    def __init__(self, n):
        self.tasks = []
        self.closed = False
        self.workers = [Thread(target=self.work) for _ in range(n)]
        for worker in self.workers:
            worker.start()

    def submit(self, f, *args):
        self.tasks.append((f, args))

    def close(self):
        self.closed = True
        for worker in self.workers:
            worker.join()

    def work(self):
        while True:
            if len(self.tasks) == 0:
                if self.closed:
                    break
                time.sleep(0.01)
                continue
            f, args = self.tasks.pop(0)
            try:
                f(*args)
            except Exception:
                traceback.print_exc()
