import threading, time

tickets = 5
lock = threading.Lock()


class 窗口(threading.Thread):
    def run(self):
        global tickets
        while True:
            lock.acquire()
            if tickets > 0:
                time.sleep(0.01)
                tickets -= 1
                print(f"{self.name}卖出一张, 还剩{tickets}张")
                lock.release()
            else:
                lock.release()
                break


ws = [窗口(name=f"窗口{i}") for i in range(3)]
for w in ws:
    w.start()
for w in ws:
    w.join()
assert tickets == 0
