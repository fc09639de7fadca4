import threading

hits = {"home": 0}
lock = threading.Lock()


def load():
    for _ in range(3):
        with lock:
            hits["home"] = hits["home"] + 1


threads = [threading.Thread(target=load) for _ in range(2)]
for t in threads:
    t.start()
for t in threads:
    t.join()
print(hits)
assert hits["home"] == 6
