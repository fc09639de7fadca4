import threading
import time

answer = None
printed = []


def compute():
    global answer
    time.sleep(0.05)
    answer = 42


def show(first):
    first.join()
    printed.append(answer)


one = threading.Thread(target=compute)
two = threading.Thread(target=show, args=(one,))
for t in (one, two):
    t.start()
for t in (one, two):
    t.join()
assert printed == [42], printed
