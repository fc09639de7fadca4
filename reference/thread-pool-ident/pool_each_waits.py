from concurrent.futures import ThreadPoolExecutor
from threading import get_ident


def run(n, items, work):
    def do(item):
        work(item)
        return get_ident()

    idents = set()
    for item in items:
        with ThreadPoolExecutor(n) as pool:
            idents.add(pool.submit(do, item).result())
    return idents
