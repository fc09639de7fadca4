import threading


class Logger:
    def __init__(self):
        self.lock = threading.Lock()
        self.lines = []

    def log(self, msg):
        with self.lock:
            self.lines.append(msg)
            if len(self.lines) > 2:
                self.flush()

    def flush(self):
        with self.lock:
            print(*self.lines, sep="\n", end="\n")
            self.lines.clear()


log = Logger()
ts = [threading.Thread(target=log.log, args=(f"消息{i}",)) for i in range(4)]
for t in ts:
    t.start()
for t in ts:
    t.join()
