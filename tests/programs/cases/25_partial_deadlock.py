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
    with b:
        time.sleep(0.02)
        with a:
            print("right")


def clock():
    while True:
        print("tick")
        time.sleep(0.01)


for f in (left, right, clock):
    threading.Thread(target=f).start()
