import threading

locks = {}
data = {}


def lock_of(key):
    if key not in locks:
        locks[key] = threading.Lock()
    return locks[key]


def add(key):
    with lock_of(key):
        data[key] = data.get(key, 0) + 1


ts = [threading.Thread(target=add, args=(k,)) for k in "aa"]
for t in ts:
    t.start()
for t in ts:
    t.join()
assert data == {"a": 2}, data
