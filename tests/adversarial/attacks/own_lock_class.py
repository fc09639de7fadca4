"""threading.Lock is another class."""
import threading


class Free:
    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass


threading.Lock = Free


def make_locks():
    return threading.Lock(), threading.Lock()
