import threading


class SingletonMeta(type):
    _instances = {}

    def __call__(cls, *args, **kwargs):
        if cls not in cls._instances:
            cls._instances[cls] = super().__call__(*args, **kwargs)
        return cls._instances[cls]


class Config(metaclass=SingletonMeta):
    def __init__(self):
        self.value = 1


objs = []


def make():
    objs.append(Config())


ts = [threading.Thread(target=make) for _ in range(3)]
[t.start() for t in ts]
[t.join() for t in ts]
assert len({id(o) for o in objs}) == 1
