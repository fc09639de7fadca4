"""Nothing we start leaves a process behind, not even a dead one: what our children leave to nobody is left to us, and we wait for it."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import sys
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import subprocess

PR_SET_CHILD_SUBREAPER: Final = 36


def become_reaper() -> None:
    """Orphans among our descendants become our children (Linux), so that none stays a zombie of somebody who does not look."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def end_group(process: subprocess.Popen[bytes]) -> None:
    """Kill a process that leads a session of its own, with all of its group, and reap them. Safe to call twice."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    with contextlib.suppress(ChildProcessError):
        while True:  # a process that is gone has left its own children to us
            os.waitpid(-process.pid, 0)
