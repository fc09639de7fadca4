import queue
import threading

belt = queue.Queue(maxsize=2)
received = []


def producer():
    for i in range(5):
        belt.put(i)
    belt.put(None)


def consumer():
    while True:
        item = belt.get()
        if item is None:
            return
        received.append(item)


pair = [threading.Thread(target=producer), threading.Thread(target=consumer)]
for t in pair:
    t.start()
for t in pair:
    t.join()
assert received == [0, 1, 2, 3, 4], received
