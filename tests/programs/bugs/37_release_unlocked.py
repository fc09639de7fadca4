import threading

lock = threading.Lock()
stock = 3


def sell(n):
    global stock
    try:
        if n <= 0:
            return
        lock.acquire()
        stock -= n
    finally:
        lock.release()


threads = [threading.Thread(target=sell, args=(n,)) for n in (1, 0)]
for t in threads:
    t.start()
    t.join()
print("left:", stock)
