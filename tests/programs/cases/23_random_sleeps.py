import random
import threading
import time


def runner(name, laps):
    for _ in range(2):
        time.sleep(random.random() / 100)
        laps.append(random.randint(1, 6))
    print(name, laps)


one, two = [], []
a = threading.Thread(target=runner, args=("hare", one))
b = threading.Thread(target=runner, args=("tortoise", two))
a.start()
b.start()
a.join()
b.join()
assert len(one) == len(two) == 2
