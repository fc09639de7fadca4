import time
from concurrent.futures import ThreadPoolExecutor

total = 0


def fetch(n):
    time.sleep(0.1)
    return n


def done(future):
    global total
    total += future.result()


with ThreadPoolExecutor(3) as pool:
    for i in range(4):
        pool.submit(fetch, i).add_done_callback(done)
print("总大小", total)
