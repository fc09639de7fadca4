from concurrent.futures import ThreadPoolExecutor
from threading import current_thread


def run(n, items, work):
    idents = set()
    with ThreadPoolExecutor(n) as pool:
        for item in items:
            pool.submit(work, item)
            idents.add(current_thread().ident)
    return idents
