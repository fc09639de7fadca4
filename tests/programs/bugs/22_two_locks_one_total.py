import threading

lock_in = threading.Lock()
lock_out = threading.Lock()
total = 10


def come():
    global total
    with lock_in:
        total += 5


def leave():
    global total
    with lock_out:
        total -= 5


x = threading.Thread(target=come)
y = threading.Thread(target=leave)
x.start()
y.start()
x.join()
y.join()
assert total == 10, total
