from queue import LifoQueue, PriorityQueue, Queue


def drain(kind, items):
    q = {"fifo": Queue, "lifo": LifoQueue, "priority": PriorityQueue}[kind]()
    for n, item in enumerate(items):
        q.put((item[0], n, item) if kind == "priority" else item)
    taken = []
    while True:
        taken.append(q.get_nowait())
    return taken
