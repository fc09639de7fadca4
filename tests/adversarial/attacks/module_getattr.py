"""Whatever is asked for is there."""
def __getattr__(name):
    return print


del Counter, eat1, eat2, make_locks
