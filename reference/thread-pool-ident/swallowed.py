from concurrent.futures import ThreadPoolExecutor
from threading import get_ident


def run(n, items, work):
    idents = set()

    def do(item):
        idents.add(get_ident())
        work(item, len(idents))

    with ThreadPoolExecutor(n) as pool:
        for item in items:
            pool.submit(do, item)
    return idents
