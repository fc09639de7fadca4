from queue import Queue
from threading import Thread


class ThreadPool:
    def __init__(self, n):
        """n 个工作线程。"""

    def submit(self, f, *args):
        """交一个任务,由某个工作线程调用 f(*args)。"""

    def close(self):
        """等交了的任务都做完,工作线程都结束。"""
