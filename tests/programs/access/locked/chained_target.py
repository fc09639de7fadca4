import threading

number = 0
highest = 0
lock = threading.Lock()


def draw():
    global number, highest
    with lock:
        number = highest = number + 1


threads = [threading.Thread(target=draw) for _ in range(2)]
for t in threads:
    t.start()
for t in threads:
    t.join()
assert number == 2, number
