import threading

hits = {"home": 0}


def load():
    for _ in range(3):
        hits["home"] = hits["home"] + 1


threads = [threading.Thread(target=load) for _ in range(2)]
for t in threads:
    t.start()
for t in threads:
    t.join()
print(hits)
