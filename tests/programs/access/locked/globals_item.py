import threading

hits = 0
lock = threading.Lock()


def hit():
    with lock:
        globals()["hits"] = globals()["hits"] + 1


threads = []
for _ in range(2):
    t = threading.Thread(target=hit)
    threads.append(t)
    t.start()
for t in threads:
    t.join()
print("hits:", hits)
assert hits == 2
