from threading import Condition, Lock, Thread

lock = Lock()
not_full = Condition(lock)
not_empty = Condition(lock)
slot = []


def put(item):
    with lock:
        while slot:
            not_full.wait()
        slot.append(item)
        not_empty.notify()


def take():
    with lock:
        while not slot:
            not_empty.wait()
        slot.pop()
        not_full.notify()


def producer(n):
    put((n, 0))
    put((n, 1))


def consumer():
    take()
    take()


ts = [Thread(target=consumer) for _ in range(2)] + [Thread(target=producer, args=(n,)) for n in range(2)]
for t in ts:
    t.start()
for t in ts:
    t.join()
assert slot == []
