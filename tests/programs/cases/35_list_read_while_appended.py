import threading

subscribers = ["s01"]


def subscribe(name):
    subscribers.append(name)


def notify():
    for s in subscribers:
        print("mail to", s)


threads = [threading.Thread(target=subscribe, args=(n,)) for n in ("s02", "s03")]
threads.append(threading.Thread(target=notify))
for t in threads:
    t.start()
for t in threads:
    t.join()
assert len(subscribers) == 3
