import threading

x = 0
lock = threading.Lock()


def add():
    global x
    mine = 0
    for _ in range(50):
        mine = mine + 1
    with lock:
        x = x + mine


threads = []
for _ in range(2):
    threads.append(threading.Thread(target=add))
for t in threads:
    t.start()
for t in threads:
    t.join()
print("x is", x)
