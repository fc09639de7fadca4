import threading

cells = [1, 1, 1, 1]
lock = threading.Lock()


def doubled(part):
    return [2 * c for c in part]


def grow():
    with lock:
        cells[1:3] = doubled(cells[1:3])


threads = [threading.Thread(target=grow) for _ in range(2)]
for t in threads:
    t.start()
for t in threads:
    t.join()
print(cells)
assert cells == [1, 4, 4, 1]
