"""The first process of a sandbox: it cannot be killed from inside, reaps orphans, and runs the driver it is given in a child.

The inits of bubblewrap and Docker would do as much, but stand open through /proc to whoever has their uid. This one is closed before
the driver exists, and so is the driver.

    python first.py [--die-with-parent] DRIVER [ARGUMENT...]
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1
PR_SET_DUMPABLE = 4


def stay(*, with_parent: bool) -> None:
    """Returns in a child; ends as that child ends. `with_parent`: and when whoever started us does (who must have one thread only)."""
    libc = ctypes.CDLL(None)
    libc.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
    driver = os.fork()
    if driver == 0:
        libc.prctl(PR_SET_DUMPABLE, 1, 0, 0, 0)  # the driver's own to decide
        return
    if with_parent:
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    for number in (0, 1, 2):
        os.close(number)
    while True:
        pid, status = os.wait()
        if pid == driver:
            code = os.waitstatus_to_exitcode(status)
            os._exit(code if code >= 0 else 128 - code)


if __name__ == "__main__":
    del sys.argv[0]
    _with_parent = sys.argv[0] == "--die-with-parent"
    if _with_parent:
        del sys.argv[0]
    if os.getpid() == 1:
        stay(with_parent=_with_parent)
    with open(sys.argv[0], "rb") as _file:
        _code = compile(_file.read(), sys.argv[0], "exec")
    __file__ = sys.argv[0]
    exec(_code, globals())
