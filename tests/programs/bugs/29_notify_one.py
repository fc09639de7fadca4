from threading import Condition, Thread

cond = Condition()
slot = []


def put(item):
    with cond:
        while slot:
            cond.wait()
        slot.append(item)
        cond.notify()


def take():
    with cond:
        while not slot:
            cond.wait()
        item = slot.pop()
        cond.notify()
        return item


def producer(n):
    for i in range(2):
        put((n, i))


def consumer():
    for _ in range(2):
        take()


ts = [Thread(target=consumer) for _ in range(2)] + [Thread(target=producer, args=(n,)) for n in range(2)]
for t in ts:
    t.start()
for t in ts:
    t.join()
assert slot == []
