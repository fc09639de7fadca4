"""The class of locks is changed under another name."""
Kind = type(Lock())
Kind.__enter__ = lambda self: self
Kind.__exit__ = lambda self, *_: None
