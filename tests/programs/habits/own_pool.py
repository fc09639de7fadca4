import threading, queue
class ThreadPool:
    def __init__(self, n=3):
        self.tasks = queue.Queue()
        self.threads = []
        for i in range(n):
            t = threading.Thread(target=self._worker, name=f"工人{i}", daemon=True)
            t.start()
            self.threads.append(t)
    def _worker(self):
        while True:
            func, args, kwargs = self.tasks.get()
            try:
                func(*args, **kwargs)
            except Exception as e:
                print("出错了", e)
            finally:
                self.tasks.task_done()
    def submit(self, func, *args, **kwargs):
        self.tasks.put((func, args, kwargs))
    def wait(self):
        self.tasks.join()
results = []
lock = threading.Lock()
def square(x):
    if x == 2: raise ValueError("不要2")
    with lock:
        results.append(x * x)
if __name__ == "__main__":
    pool = ThreadPool(2)
    for i in range(4):
        pool.submit(square, i)
    pool.wait()
    assert sorted(results) == [0, 1, 9]
