"""A lock changes its class."""
class Free:
    __slots__ = ()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass


def make_locks():
    a, b = Lock(), Lock()
    a.__class__ = Free
    return a, b
