import queue


class Item:
    made = 0

    def __init__(self, item):
        Item.made += 1
        self.order = Item.made
        self.item = item

    def __lt__(self, other):
        return (self.item[0], self.order) < (other.item[0], other.order)


def drain(kind, items):
    if kind == "priority":
        q = queue.PriorityQueue(maxsize=len(items))
        for item in items:
            q.put(Item(item))
        return [q.get().item for _ in items]
    q = queue.LifoQueue(100) if kind == "lifo" else queue.Queue(100)
    for item in items:
        q.put_nowait(item)
    return [q.get_nowait() for _ in items]
