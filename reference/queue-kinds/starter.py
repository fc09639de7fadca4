import queue


def drain(kind, items):
    """把 items 放进 kind 种的队列,再全部取出来,返回取出来的列表。"""
