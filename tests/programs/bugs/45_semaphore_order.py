import threading

empty = threading.Semaphore(1)
full = threading.Semaphore(0)
mutex = threading.Lock()
box = []


def producer():
    for i in range(2):
        with mutex:
            empty.acquire()
            box.append(i)
        full.release()


def consumer():
    for _ in range(2):
        full.acquire()
        with mutex:
            box.pop(0)
        empty.release()


pair = [threading.Thread(target=producer), threading.Thread(target=consumer)]
for t in pair:
    t.start()
for t in pair:
    t.join()
assert box == []
