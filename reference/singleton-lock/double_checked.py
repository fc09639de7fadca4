import threading


class Singleton(object):
    _instance = None
    _lock = threading.Lock()

    def __new__(cls, *args, **kwargs):
        if Singleton._instance is None:
            with Singleton._lock:
                if Singleton._instance is None:
                    Singleton._instance = object.__new__(cls)
        return Singleton._instance

    def __init__(self, name, age):
        self.name = name
        self.age = age
