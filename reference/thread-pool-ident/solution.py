from concurrent.futures import ThreadPoolExecutor
from threading import get_ident


def run(n, items, work):
    def do(item):
        work(item)
        return get_ident()

    with ThreadPoolExecutor(n) as pool:
        return set(pool.map(do, items))
