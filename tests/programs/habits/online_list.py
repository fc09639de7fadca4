import threading

online = {}


def login(i):
    online[i] = "在线"


def show():
    for k, v in online.items():
        print(k, v)


ts = [threading.Thread(target=login, args=(i,)) for i in range(2)] + [threading.Thread(target=show)]
for t in ts:
    t.start()
for t in ts:
    t.join()
