import threading


class Worker(threading.Thread):
    count = 0

    def run(self):
        self.count += 1


ws = [Worker() for _ in range(3)]
for w in ws:
    w.start()
for w in ws:
    w.join()
assert all(w.count == 1 for w in ws)
