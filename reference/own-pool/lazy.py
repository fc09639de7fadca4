import queue
import threading


class ThreadPool:
    def __init__(self, n):
        self.n = n
        self.q = queue.Queue()
        self.lock = threading.Lock()
        self.threads = []

    def submit(self, f, *args):
        with self.lock:
            if len(self.threads) < self.n:
                t = threading.Thread(target=self.run)
                self.threads.append(t)
                t.start()
        self.q.put((f, args))

    def close(self):
        for t in self.threads:
            self.q.put((None, None))
        for t in self.threads:
            t.join()

    def run(self):
        for f, args in iter(self.q.get, (None, None)):
            try:
                f(*args)
            except Exception as e:
                print("error:", e)
