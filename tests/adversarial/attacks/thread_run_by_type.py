"""The same by way of a thread."""
from threading import current_thread

T = type(current_thread())
for kind in (T, T.__base__):
    kind.start = lambda self: self.run()
