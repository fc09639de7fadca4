import queue
import threading
import time

q = queue.Queue()
got = []


def producer():
    time.sleep(0.02)
    for i in range(3):
        q.put(i)


def consumer():
    while len(got) < 3:
        if q.qsize() > 0:
            got.append(q.get())


a = threading.Thread(target=producer)
b = threading.Thread(target=consumer)
a.start()
b.start()
a.join()
b.join()
assert got == [0, 1, 2]
