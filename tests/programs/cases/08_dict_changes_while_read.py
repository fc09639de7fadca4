import threading

online = {"s01": "idle"}


def login():
    for n in range(2, 5):
        online[f"s{n:02}"] = "new"


def report():
    for name in online:
        print(name, "is online")


threads = [threading.Thread(target=report), threading.Thread(target=login)]
for t in threads:
    t.start()
for t in threads:
    t.join()
print(len(online))
