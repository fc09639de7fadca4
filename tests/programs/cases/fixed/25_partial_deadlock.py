import threading
import time

a = threading.Lock()
b = threading.Lock()


def left():
    with a:
        time.sleep(0.02)
        with b:
            print("left")


def right():
    with a:
        time.sleep(0.02)
        with b:
            print("right")


def clock():
    while True:
        print("tick")
        time.sleep(0.01)


threading.Thread(target=clock, daemon=True).start()
pair = [threading.Thread(target=f) for f in (left, right)]
for t in pair:
    t.start()
for t in pair:
    t.join()
