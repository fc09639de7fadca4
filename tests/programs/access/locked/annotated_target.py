import threading


class Meter:
    def __init__(self) -> None:
        self.total: int = 0
        self.lock = threading.Lock()

    def add(self, n: int) -> None:
        with self.lock:
            self.total: int = self.total + n


meter = Meter()
threads = [threading.Thread(target=meter.add, args=(n,)) for n in (3, 4)]
for t in threads:
    t.start()
for t in threads:
    t.join()
print(meter.total)
assert meter.total == 7
