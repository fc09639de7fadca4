import queue


def drain(kind, items):
    if kind == "fifo":
        q = queue.Queue()
    elif kind == "lifo":
        q = queue.LifoQueue()
    else:
        q = queue.PriorityQueue()
    for item in items:
        q.put(item)
    return [q.get() for i in range(len(items))]
