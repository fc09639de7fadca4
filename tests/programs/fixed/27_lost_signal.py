import threading

ready = threading.Condition()
cooked = False
log = []


def guest():
    with ready:
        ready.wait_for(lambda: cooked)
    log.append("guest eats")


def cook():
    global cooked
    log.append("cook cooks")
    with ready:
        cooked = True
        ready.notify()


g = threading.Thread(target=guest)
c = threading.Thread(target=cook)
g.start()
c.start()
g.join()
c.join()
assert log == ["cook cooks", "guest eats"]
