"""The standard library imports by a text."""
import pkgutil

pkgutil.resolve_name("sandbox.scheduler.engine:Engine").point = lambda *_: True
