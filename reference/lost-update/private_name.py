from threading import Lock


class Counter(object):
    __lock = Lock()

    def __init__(self, start=0):
        self.__value = start

    @property
    def value(self):
        with self.__lock:
            return self.__value

    def add(self, n):
        with self.__lock:
            self.__value += n

    def sub(self, n):
        with self.__lock:
            self.__value -= n
