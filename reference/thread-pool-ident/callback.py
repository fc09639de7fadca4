from concurrent.futures import ThreadPoolExecutor
from threading import current_thread


def run(n, items, work):
    idents = set()

    def do(item):
        work(item)
        return current_thread().ident

    def call_back(future):
        idents.add(future.result())

    tp = ThreadPoolExecutor(n)
    for item in items:
        tp.submit(do, item).add_done_callback(call_back)
    tp.shutdown()
    return idents
