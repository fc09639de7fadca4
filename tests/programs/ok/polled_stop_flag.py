import threading
import time

running = True
ticks = []


def ticker():
    while running:
        ticks.append("tick")
        time.sleep(0.01)
    print("ticker stops")


t = threading.Thread(target=ticker)
t.start()
time.sleep(0.05)
running = False  # 通知线程退出
t.join()
print(len(ticks), "ticks")
