import queue
import threading
import time

belt = queue.Queue(2)
sold = []


def factory():
    for n in range(4):
        belt.put(n)
        time.sleep(0.005)
    belt.put(None)


def shop():
    while True:
        item = belt.get()
        if item is None:
            break
        sold.append(item)


pair = [threading.Thread(target=factory), threading.Thread(target=shop)]
for t in pair:
    t.start()
for t in pair:
    t.join()
assert sold == [0, 1, 2, 3]
