from concurrent.futures import ThreadPoolExecutor
from threading import get_ident


def run(n, items, work):
    """n 个线程的线程池对每一项调用 work(item),返回做过事的线程的 ident 的集合。"""
