import threading, atexit

lock = threading.Lock()
n = 0


def bye():
    with lock:
        print("再见", n)


atexit.register(bye)


def work():
    global n
    with lock:
        n += 1


ts = [threading.Thread(target=work) for _ in range(2)]
for t in ts:
    t.start()
for t in ts:
    t.join()
