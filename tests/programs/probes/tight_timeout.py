import queue
import threading
import time

box = queue.Queue()


def slow():
    time.sleep(0.05)
    box.put("letter")


def hopeful():
    letter = box.get(timeout=1)
    print("got", letter)


threads = [threading.Thread(target=slow), threading.Thread(target=hopeful)]
for t in threads:
    t.start()
for t in threads:
    t.join()
