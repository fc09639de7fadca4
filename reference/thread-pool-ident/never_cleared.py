from concurrent.futures import ThreadPoolExecutor
from threading import get_ident

idents = set()


def run(n, items, work):
    def do(item):
        work(item)
        idents.add(get_ident())

    with ThreadPoolExecutor(n) as pool:
        for item in items:
            pool.submit(do, item)
    return idents
