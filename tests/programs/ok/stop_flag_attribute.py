import threading
import time


class Monitor(threading.Thread):
    def __init__(self):
        super().__init__()
        self.stopped = False
        self.rounds = 0

    def run(self):
        while not self.stopped:
            self.rounds += 1
            time.sleep(0.01)

    def stop(self):
        self.stopped = True


m = Monitor()
m.start()
time.sleep(0.03)
m.stop()
m.join()
print("rounds:", m.rounds)
