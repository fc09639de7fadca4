import threading, time

forks = [threading.Lock() for _ in range(3)]


def eat(i):
    a, b = forks[i], forks[(i + 1) % 3]
    while True:
        a.acquire()
        if b.acquire(blocking=False):
            break
        a.release()
        time.sleep(0.01)
    print(i, "吃")
    b.release()
    a.release()


ts = [threading.Thread(target=eat, args=(i,)) for i in range(3)]
for t in ts:
    t.start()
for t in ts:
    t.join()
