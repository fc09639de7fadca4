import queue
import threading
import time

box = queue.Queue()


def slow():
    time.sleep(0.05)
    box.put("letter")


def hopeful():
    while True:
        try:
            letter = box.get(timeout=1)
            break
        except queue.Empty:
            print("still waiting")
    print("got", letter)


threads = [threading.Thread(target=slow), threading.Thread(target=hopeful)]
for t in threads:
    t.start()
for t in threads:
    t.join()
