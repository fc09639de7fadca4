import threading
import time

letters = []


def send():
    time.sleep(0.01)
    letters.append("dear all")


t = threading.Thread(target=send)
t.start()
t.join()
assert letters == ["dear all"]
print("sent")
