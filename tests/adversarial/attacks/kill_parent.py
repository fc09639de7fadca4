"""Whoever watches is killed."""
import os
import signal

os.kill(os.getppid(), signal.SIGKILL)
