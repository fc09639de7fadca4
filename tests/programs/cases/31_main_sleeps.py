import threading
import time

letters = []


def send():
    letters.append("dear all")


t = threading.Thread(target=send)
t.start()
time.sleep(0.1)  # 等线程跑完
assert letters == ["dear all"]
print("sent")
