import threading


def make_counter():
    box = [0]
    lock = threading.Lock()

    def bump():
        with lock:
            box[0] += 1

    def value():
        return box[0]

    return bump, value


bump, value = make_counter()
threads = [threading.Thread(target=bump) for _ in range(2)]
for t in threads:
    t.start()
for t in threads:
    t.join()
assert value() == 2, value()
