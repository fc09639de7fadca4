"""Threads run where they are started."""
import threading

threading.Thread.start = lambda self: self.run()
threading.Thread.join = lambda self, timeout=None: None
