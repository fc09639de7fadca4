import threading
import time


def heartbeat():
    while True:
        print("alive")
        time.sleep(0.01)


def job():
    for step in range(3):
        print("step", step)
        time.sleep(0.005)


threading.Thread(target=heartbeat, daemon=True).start()
worker = threading.Thread(target=job)
worker.start()
worker.join()
print("main ends")
