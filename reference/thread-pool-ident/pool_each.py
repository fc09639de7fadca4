from concurrent.futures import ThreadPoolExecutor
from threading import get_ident


def run(n, items, work):
    def do(item):
        work(item)
        return get_ident()

    pools, futures = [], []
    for item in items:
        pool = ThreadPoolExecutor(n)
        pools.append(pool)
        futures.append(pool.submit(do, item))
    for pool in pools:
        pool.shutdown()
    return {future.result() for future in futures}
