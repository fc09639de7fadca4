import threading
import time

answer = None
printed = []


def compute():
    global answer
    time.sleep(0.05)
    answer = 42


def show():
    time.sleep(0.1)  # 等它算完
    printed.append(answer)


threads = [threading.Thread(target=compute), threading.Thread(target=show)]
for t in threads:
    t.start()
for t in threads:
    t.join()
assert printed == [42], printed
