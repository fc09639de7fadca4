"""The builtin that imports."""
import builtins

builtins.__import__ = lambda *_, **__: None
