import threading

hits = {"home": 0}


def load():
    old = hits["home"]
    new = old + 1
    hits["home"] = new


threads = [threading.Thread(target=load) for _ in range(2)]
for t in threads:
    t.start()
for t in threads:
    t.join()
print(hits)
assert hits["home"] == 2
