import threading

cond = threading.Condition()
ready = []


def producer():
    with cond:
        ready.append("bread")
        cond.notify()


def consumer():
    with cond:
        while not ready:
            cond.wait()
        print("eats", ready[0])


pair = [threading.Thread(target=consumer), threading.Thread(target=producer)]
for t in pair:
    t.start()
for t in pair:
    t.join()
