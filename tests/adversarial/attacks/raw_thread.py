"""A thread by the module below."""
import _thread


def add(self):
    _thread.start_new_thread(lambda: None, ())


Counter.add = add
