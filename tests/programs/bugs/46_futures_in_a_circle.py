import threading
from concurrent.futures import ThreadPoolExecutor

pool = ThreadPoolExecutor(max_workers=2)
both = threading.Event()
futures = {}


def hen():
    both.wait()
    return futures["egg"].result() + 1


def egg():
    both.wait()
    return futures["hen"].result() + 1


futures["hen"] = pool.submit(hen)
futures["egg"] = pool.submit(egg)
both.set()
print(futures["hen"].result())
