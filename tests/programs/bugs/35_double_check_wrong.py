import threading


class Database:
    _instance = None
    _lock = threading.Lock()
    opened = []

    def __init__(self):
        self.opened.append("connection")

    @classmethod
    def get(cls):
        if cls._instance is None:
            with cls._lock:
                cls._instance = Database()
        return cls._instance


threads = [threading.Thread(target=Database.get) for _ in range(3)]
for t in threads:
    t.start()
for t in threads:
    t.join()
assert len(Database.opened) == 1
