import threading

mutex = threading.Lock()
resource = threading.Lock()
readers = 0
page = [0, 0]
torn = []


def read():
    global readers
    with mutex:
        readers += 1
        if readers == 1:
            resource.acquire()
    if page[0] != page[1]:
        torn.append(list(page))
    with mutex:
        readers -= 1
        if readers == 0:
            resource.release()


def write(n):
    with resource:
        page[0] = n
        page[1] = n


ts = [threading.Thread(target=write, args=(7,))] + [threading.Thread(target=read) for _ in range(2)]
for t in ts:
    t.start()
for t in ts:
    t.join()
assert torn == [], torn
