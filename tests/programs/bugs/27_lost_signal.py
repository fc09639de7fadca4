import threading

ready = threading.Condition()
log = []


def guest():
    with ready:
        ready.wait()
    log.append("guest eats")


def cook():
    log.append("cook cooks")
    with ready:
        ready.notify()


g = threading.Thread(target=guest)
c = threading.Thread(target=cook)
g.start()
c.start()
g.join()
c.join()
assert log == ["cook cooks", "guest eats"]
