from queue import Queue
from threading import Lock, Thread


def crawl(urls, fetch, path, workers):
    """workers 个线程抓 urls,抓到的写进文件 path,一行一个。"""
