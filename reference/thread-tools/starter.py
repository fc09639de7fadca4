import threading


def snapshot():
    """(活着的线程有几个, 调用我的线程的名字)"""


def others():
    """活着的其他线程的名字,排好序"""
