import queue
import threading
import time

box = queue.Queue()


def slow():
    time.sleep(0.02)
    box.put("letter")


def patient():
    letter = box.get()
    print("got", letter)


threads = [threading.Thread(target=slow), threading.Thread(target=patient)]
for t in threads:
    t.start()
for t in threads:
    t.join()
