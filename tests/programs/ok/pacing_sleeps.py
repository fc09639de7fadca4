import random
import threading
import time

lock = threading.Lock()
sold = 0


def counter_clerk(name):
    global sold
    for _ in range(3):
        time.sleep(random.uniform(0.001, 0.01))  # 模拟卖票
        with lock:
            sold += 1
            print(name, "sold ticket", sold)


clerks = [threading.Thread(target=counter_clerk, args=(n,)) for n in ("window 1", "window 2")]
for c in clerks:
    c.start()
for c in clerks:
    c.join()
assert sold == 6
