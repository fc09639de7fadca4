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
    left = page[0]
    print("reading", left)
    right = page[1]
    if left != right:
        torn.append((left, right))
    with mutex:
        readers -= 1


def write(n):
    with resource:
        page[0] = n
        print("writing", n)
        page[1] = n


ts = [threading.Thread(target=write, args=(7,)), threading.Thread(target=read)]
for t in ts:
    t.start()
for t in ts:
    t.join()
assert torn == [], torn
