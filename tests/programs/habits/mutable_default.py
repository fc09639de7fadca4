import threading


def work(n, cache={}):
    cache["n"] = cache.get("n", 0) + n
    return cache


ts = [threading.Thread(target=work, args=(1,)) for _ in range(2)]
for t in ts:
    t.start()
for t in ts:
    t.join()
print(work(0))
