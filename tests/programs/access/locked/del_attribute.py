import threading


class Door:
    def __init__(self):
        self.key = "k1"
        self.lock = threading.Lock()

    def hand_out(self, name):
        print("key for", name)

    def take_key(self, name):
        with self.lock:
            if hasattr(self, "key"):
                self.hand_out(name)
                del self.key


door = Door()
threads = [threading.Thread(target=door.take_key, args=(n,)) for n in ("s01", "s02")]
for t in threads:
    t.start()
for t in threads:
    t.join()
assert not hasattr(door, "key")
