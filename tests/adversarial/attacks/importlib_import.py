"""So does importlib."""
import importlib

importlib.import_module("sandbox.scheduler.engine").Engine.point = lambda *_: True
