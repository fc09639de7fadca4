import queue
import threading

STOP = None
q = queue.Queue()
seen = []


def consumer():
    while True:
        item = q.get()
        if item is STOP:
            break
        seen.append(item)


consumers = [threading.Thread(target=consumer) for _ in range(2)]
for c in consumers:
    c.start()
for item in "abc":
    q.put(item)
q.put(STOP)
for c in consumers:
    c.join()
assert sorted(seen) == ["a", "b", "c"]
