import threading

tickets = 2
lock = threading.Lock()


def sell():
    global tickets
    while True:
        lock.acquire()
        if tickets <= 0:
            break
        tickets -= 1
        lock.release()


ts = [threading.Thread(target=sell) for _ in range(2)]
for t in ts:
    t.start()
for t in ts:
    t.join()
