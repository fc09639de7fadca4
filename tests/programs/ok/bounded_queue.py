import queue
import threading
import time

dishes = queue.Queue(maxsize=2)
eaten = []


def cook():
    for i in range(4):
        time.sleep(0.002)
        dishes.put(f"dish {i}")
    dishes.put(None)


def guest():
    while True:
        dish = dishes.get()
        if dish is None:
            break
        eaten.append(dish)


a = threading.Thread(target=cook)
b = threading.Thread(target=guest)
a.start()
b.start()
a.join()
b.join()
assert eaten == ["dish 0", "dish 1", "dish 2", "dish 3"]
