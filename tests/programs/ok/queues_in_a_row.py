import threading
from queue import Queue

q = Queue(1)
out = []


def producer(n):
    for i in range(2):
        q.put((n, i))


def consumer():
    for _ in range(2):
        out.append(q.get())


team = [threading.Thread(target=producer, args=(n,)) for n in "xy"]
team += [threading.Thread(target=consumer) for _ in range(2)]
for t in team:
    t.start()
for t in team:
    t.join()
assert sorted(out) == [("x", 0), ("x", 1), ("y", 0), ("y", 1)]
