import threading

online = {"s01": "idle"}
lock = threading.Lock()


def login():
    for n in range(2, 5):
        with lock:
            online[f"s{n:02}"] = "new"


def report():
    with lock:
        for name in online:
            print(name, "is online")


threads = [threading.Thread(target=report), threading.Thread(target=login)]
for t in threads:
    t.start()
for t in threads:
    t.join()
print(len(online))
