from queue import Queue
from threading import Thread


class ThreadPool:
    def __init__(self, n):
        self.tasks = Queue()
        self.workers = [Thread(target=self.work, daemon=True) for _ in range(n)]
        for worker in self.workers:
            worker.start()

    def submit(self, f, *args):
        self.tasks.put((f, args))

    def close(self):
        self.tasks.join()
        for _ in self.workers:
            self.tasks.put(None)
        for worker in self.workers:
            worker.join()

    def work(self):
        while (task := self.tasks.get()) is not None:
            try:
                task[0](*task[1])
            except Exception as e:
                print(e)
            finally:
                self.tasks.task_done()
