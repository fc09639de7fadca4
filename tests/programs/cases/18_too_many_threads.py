import threading

count = 0
lock = threading.Lock()


def work():
    global count
    with lock:
        count += 1


crowd = [threading.Thread(target=work) for _ in range(400)]
for t in crowd:
    t.start()
for t in crowd:
    t.join()
assert count == 400
