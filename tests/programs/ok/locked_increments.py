import threading

total = 0
lock = threading.Lock()


def add():
    global total
    for _ in range(100000):
        with lock:
            total += 1


a = threading.Thread(target=add)
b = threading.Thread(target=add)
a.start()
b.start()
a.join()
b.join()
print(total)
