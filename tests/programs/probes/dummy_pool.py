import threading
from multiprocessing.dummy import Pool

lock = threading.Lock()
total = 0


def weigh(n):
    global total
    with lock:
        total += n
    return n


pool = Pool(3)
weights = pool.map(weigh, [1, 2, 3, 4])
pool.close()
pool.join()
assert weights == [1, 2, 3, 4]
assert total == 10
