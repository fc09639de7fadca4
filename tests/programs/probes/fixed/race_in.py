import threading

cache = {}
computed = []
cache_lock = threading.Lock()


def slow_square(n):
    computed.append(n)
    return n * n


def lookup(n):
    with cache_lock:
        if n not in cache:
            cache[n] = slow_square(n)
        return cache[n]


threads = [threading.Thread(target=lookup, args=(12,)) for _ in range(2)]
for t in threads:
    t.start()
for t in threads:
    t.join()
assert computed == [12], computed
