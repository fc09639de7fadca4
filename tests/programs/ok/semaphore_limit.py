import threading
import time

toilets = threading.BoundedSemaphore(2)
lock = threading.Lock()
inside = 0
most = 0


def go(i):
    global inside, most
    with toilets:
        with lock:
            inside += 1
            most = max(most, inside)
        time.sleep(0.002)
        with lock:
            inside -= 1


ts = [threading.Thread(target=go, args=(i,)) for i in range(4)]
for t in ts:
    t.start()
for t in ts:
    t.join()
assert inside == 0 and 1 <= most <= 2
