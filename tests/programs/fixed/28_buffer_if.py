import threading

SIZE = 1
shelf = []
most = 0
cond = threading.Condition()


def baker(name):
    global most
    for n in range(2):
        with cond:
            while len(shelf) >= SIZE:
                cond.wait()
            shelf.append((name, n))
            most = max(most, len(shelf))
            cond.notify_all()


def customer():
    for _ in range(4):
        with cond:
            while not shelf:
                cond.wait()
            shelf.pop(0)
            cond.notify_all()


people = [threading.Thread(target=baker, args=(n,)) for n in "AB"]
people.append(threading.Thread(target=customer))
for p in people:
    p.start()
for p in people:
    p.join()
assert most == SIZE, most
