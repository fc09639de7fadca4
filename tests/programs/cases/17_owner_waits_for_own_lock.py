import threading
import time

signal = threading.Lock()
beats = []


def waiter():
    for n in range(3):
        signal.acquire()
        beats.append(n)


def pump():
    while True:
        time.sleep(0.005)
        if signal.locked():
            signal.release()


threading.Thread(target=pump, daemon=True).start()
w = threading.Thread(target=waiter)
w.start()
w.join()
assert beats == [0, 1, 2]
