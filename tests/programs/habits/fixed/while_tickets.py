import threading

tickets = 3
lock = threading.Lock()


def sell():
    global tickets
    while tickets > 0:
        with lock:
            if tickets > 0:
                tickets -= 1


ts = [threading.Thread(target=sell) for _ in range(2)]
for t in ts:
    t.start()
for t in ts:
    t.join()
print("剩", tickets)
