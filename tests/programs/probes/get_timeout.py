import queue
import threading
import time

box = queue.Queue()


def slow():
    time.sleep(0.2)
    box.put("letter")


def impatient():
    letter = box.get(timeout=0.05)
    print("got", letter)


threads = [threading.Thread(target=slow), threading.Thread(target=impatient)]
for t in threads:
    t.start()
for t in threads:
    t.join()
