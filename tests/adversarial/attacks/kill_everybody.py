"""Everybody is killed."""
import os
import signal

os.kill(-1, signal.SIGKILL)
