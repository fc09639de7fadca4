from queue import LifoQueue, PriorityQueue, Queue

QUEUES = {"fifo": Queue(), "lifo": LifoQueue(), "priority": PriorityQueue()}


def drain(kind, items):
    q = QUEUES[kind]
    for n, item in enumerate(items):
        q.put((item[0], n, item) if kind == "priority" else item)
    taken = [q.get() for _ in items]
    return [item for _, _, item in taken] if kind == "priority" else taken
