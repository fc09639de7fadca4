"""The class of locks is changed."""
type(Lock()).acquire = lambda *_, **__: True
type(Lock()).__enter__ = lambda self: self
