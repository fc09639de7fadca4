import threading


class Printer:
    only = None
    lock = threading.Lock()

    def __new__(cls):
        with cls.lock:
            if cls.only is None:
                cls.only = super().__new__(cls)
            return cls.only

    def __init__(self):
        self.name = "room 301"


made = []
threads = [threading.Thread(target=lambda: made.append(Printer())) for _ in range(3)]
for t in threads:
    t.start()
for t in threads:
    t.join()
assert made[0] is made[1] is made[2]
