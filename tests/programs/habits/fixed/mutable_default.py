import threading

lock = threading.Lock()


def work(n, cache={}):
    with lock:
        cache["n"] = cache.get("n", 0) + n
    return cache


ts = [threading.Thread(target=work, args=(1,)) for _ in range(2)]
for t in ts:
    t.start()
for t in ts:
    t.join()
assert work(0)["n"] == 2
