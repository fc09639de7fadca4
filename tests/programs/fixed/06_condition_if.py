import threading

cond = threading.Condition()
box = []
eaten = []


def consumer():
    with cond:
        while not box:
            cond.wait()
        eaten.append(box.pop())


def producer():
    for n in range(2):
        with cond:
            box.append(n)
            cond.notify_all()


people = [threading.Thread(target=consumer) for _ in range(2)]
people.append(threading.Thread(target=producer))
for p in people:
    p.start()
for p in people:
    p.join()
assert sorted(eaten) == [0, 1]
