"""A real thread, by C."""
import ctypes

ctypes.pythonapi.PyErr_SetInterrupt()
