from queue import Queue
from threading import Thread


def run_threads(n, work):
    q = Queue()
    for i in range(n):
        Thread(target=lambda i: q.put((i, work(i))), args=(i,)).start()
    return [result for _, result in sorted(q.get() for _ in range(n))]
