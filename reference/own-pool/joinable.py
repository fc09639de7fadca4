from queue import Queue
from threading import Thread


class ThreadPool:
    def __init__(self, n):
        self.tasks = Queue()
        for _ in range(n):
            Thread(target=self.work, daemon=True).start()

    def submit(self, f, *args):
        self.tasks.put((f, args))

    def close(self):
        self.tasks.join()

    def work(self):
        while True:
            f, args = self.tasks.get()
            try:
                f(*args)
            except Exception as e:
                print(e)
            finally:
                self.tasks.task_done()
