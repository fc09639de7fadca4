from threading import Thread


def run_threads(n, work):
    """起 n 个线程,第 i 个调用 work(i),都做完了返回结果的列表。"""
