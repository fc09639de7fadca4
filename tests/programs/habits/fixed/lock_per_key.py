import threading

locks = {}
guard = threading.Lock()
data = {}


def lock_of(key):
    with guard:
        return locks.setdefault(key, threading.Lock())


def add(key):
    with lock_of(key):
        data[key] = data.get(key, 0) + 1


ts = [threading.Thread(target=add, args=(k,)) for k in "abab"]
for t in ts:
    t.start()
for t in ts:
    t.join()
assert data == {"a": 2, "b": 2}
