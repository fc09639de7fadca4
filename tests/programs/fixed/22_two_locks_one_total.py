import threading

lock = threading.Lock()
total = 10


def come():
    global total
    with lock:
        total += 5


def leave():
    global total
    with lock:
        total -= 5


x = threading.Thread(target=come)
y = threading.Thread(target=leave)
x.start()
y.start()
x.join()
y.join()
assert total == 10, total
