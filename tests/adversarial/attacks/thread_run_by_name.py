"""The same under another name."""
from threading import Thread as T

T.start = lambda self: self.run()
T.join = lambda self, timeout=None: None
