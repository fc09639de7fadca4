from concurrent.futures import ThreadPoolExecutor
from threading import Lock, current_thread


def run(n, items, work):
    idents = set()
    lock = Lock()

    def do(item):
        work(item)
        with lock:
            idents.add(current_thread().ident)

    with ThreadPoolExecutor(max_workers=n) as pool:
        for item in items:
            pool.submit(do, item)
    return idents
