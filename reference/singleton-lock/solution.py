from threading import Lock


class Singleton:
    _instance = None
    _lock = Lock()

    def __new__(cls, name, age):
        with cls._lock:
            if cls._instance is None:
                cls._instance = super().__new__(cls)
        return cls._instance

    def __init__(self, name, age):
        self.name = name
        self.age = age
