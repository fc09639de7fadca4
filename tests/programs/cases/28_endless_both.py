import queue
import threading
import time

belt = queue.Queue(2)


def factory():
    n = 0
    while True:
        belt.put(n)
        n += 1
        time.sleep(0.01)


def shop():
    while True:
        item = belt.get()
        print("sold", item)


threading.Thread(target=factory).start()
threading.Thread(target=shop).start()
