import threading
import time


def work():
    time.sleep(0.01)
    print("thread is through")


t = threading.Thread(target=work)
t.start()
data = {"a": 1}
print(data["b"])
t.join()
