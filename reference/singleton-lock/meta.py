import threading


class Only(type):
    _lock = threading.Lock()
    _instances = {}

    def __call__(cls, *args, **kwargs):
        with cls._lock:
            if cls not in cls._instances:
                cls._instances[cls] = super().__call__(*args, **kwargs)
            else:
                cls._instances[cls].__init__(*args, **kwargs)
        return cls._instances[cls]


class Singleton(metaclass=Only):
    def __init__(self, name, age):
        self.name = name
        self.age = age
