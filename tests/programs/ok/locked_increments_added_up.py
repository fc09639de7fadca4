import threading
n = 0
lock = threading.Lock()
def work():
    global n
    for _ in range(5_000):
        with lock:
            n += 1
ts = [threading.Thread(target=work) for _ in range(2)]
for t in ts: t.start()
for t in ts: t.join()
assert n == 10_000
