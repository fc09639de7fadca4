import threading


class Config:
    def __init__(self):
        self.values = {}
        made.append(self)


made = []
instance = None
lock = threading.Lock()


def get_config():
    global instance
    with lock:
        if instance is None:
            instance = Config()
        return instance


threads = [threading.Thread(target=get_config) for _ in range(3)]
for t in threads:
    t.start()
for t in threads:
    t.join()
print(len(made), "made")
assert len(made) == 1
