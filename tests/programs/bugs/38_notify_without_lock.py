import threading

cond = threading.Condition()
ready = []


def producer():
    ready.append("bread")
    cond.notify()


def consumer():
    with cond:
        while not ready:
            cond.wait(timeout=0.02)
        print("eats", ready[0])


pair = [threading.Thread(target=consumer), threading.Thread(target=producer)]
for t in pair:
    t.start()
for t in pair:
    t.join()
