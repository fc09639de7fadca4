"""Tracing on."""
import sys

sys.settrace(lambda *_: None)
