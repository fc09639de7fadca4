import traceback
from threading import Thread


class ThreadPool:
    def __init__(self, n):
        self.n = n
        self.threads = []

    def submit(self, f, *args):
        def work():
            try:
                f(*args)
            except Exception:
                traceback.print_exc()

        thread = Thread(target=work)
        self.threads.append(thread)
        thread.start()

    def close(self):
        for thread in self.threads:
            thread.join()
