import traceback
from threading import Condition, Thread


class ThreadPool:
    def __init__(self, n):
        self.tasks = []
        self.closed = False
        self.changed = Condition()
        self.workers = [Thread(target=self.work) for _ in range(n)]
        for worker in self.workers:
            worker.start()

    def submit(self, f, *args):
        with self.changed:
            self.tasks.append((f, args))
            self.changed.notify()

    def close(self):
        with self.changed:
            self.closed = True
            self.changed.notify_all()
        for worker in self.workers:
            worker.join()

    def work(self):
        while True:
            with self.changed:
                while not self.tasks and not self.closed:
                    self.changed.wait()
                if not self.tasks:
                    return
                f, args = self.tasks.pop(0)
            try:
                f(*args)
            except Exception:
                traceback.print_exc()
