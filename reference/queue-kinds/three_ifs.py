import queue


def drain(kind, items):
    res = []
    if kind == "fifo":
        q = queue.Queue()
        for i in items:
            q.put(i)
        for i in items:
            res.append(q.get())
    if kind == "lifo":
        lq = queue.LifoQueue()
        for i in items:
            lq.put(i)
        for i in items:
            res.append(lq.get())
    if kind == "priority":
        pq = queue.PriorityQueue()
        count = 0
        for i in items:
            pq.put((i[0], count, i[1]))
            count += 1
        for i in items:
            a, b, c = pq.get()
            res.append((a, c))
    return res
