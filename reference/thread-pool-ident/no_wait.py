from concurrent.futures import ThreadPoolExecutor
from threading import get_ident


def run(n, items, work):
    idents = set()

    def do(item):
        work(item)
        idents.add(get_ident())

    pool = ThreadPoolExecutor(n)
    for item in items:
        pool.submit(do, item)
    return set(list(idents))
