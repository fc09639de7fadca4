import time
from functools import lru_cache


@lru_cache(maxsize=None)
def instance(cls):
    time.sleep(0.001)
    return object.__new__(cls)


class Singleton:
    def __new__(cls, name, age):
        return instance(cls)

    def __init__(self, name, age):
        self.name = name
        self.age = age
