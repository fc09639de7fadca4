"""`grader ...` as on another system: everything that only Unix has is hidden, and nothing of the `server` extra is installed.

Run as `python elsewhere.py SYSTEM HIDDEN,NAMES grader-arguments`. The processes that it starts see the same: what `subprocess` starts with this
interpreter is sent through this file again. It is this system's standard library all the same: what is left of Unix is what it uses itself.
"""

from __future__ import annotations

import _multiprocessing
import importlib
import importlib.abc
import os
import select
import signal
import socket
import subprocess
import sys
import sysconfig
import types
from pathlib import Path

ROOT = Path(__file__).parents[3]

UNIX_MODULES = frozenset(
    ("fcntl", "pwd", "grp", "resource", "termios", "tty", "pty", "syslog", "crypt", "nis", "spwd", "readline", "curses")
)
UNIX_OF_OS = (
    "forkpty", "posix_spawn", "posix_spawnp", "register_at_fork", "getuid", "geteuid", "getgid", "getegid", "setsid", "setuid", "setgid", "killpg",
    "getpgid", "setpgid", "getpgrp", "setpgrp", "getresuid", "wait3", "wait4", "sched_getaffinity", "sched_setaffinity", "mkfifo", "openpty", "nice", "uname",
    "chroot", "pipe2", "eventfd", "memfd_create", "getloadavg", "sysconf", "confstr", "ttyname", "ctermid", "WNOHANG", "O_CLOEXEC", "O_NOFOLLOW",
    "pidfd_open", "sendfile", "fchown", "chown",
)  # fmt: skip
UNIX_OF_SIGNAL = (
    "SIGKILL", "SIGALRM", "SIGHUP", "SIGUSR1", "SIGUSR2", "SIGPIPE", "SIGCHLD", "alarm", "setitimer", "pthread_sigmask", "pthread_kill", "sigwait",
    "sigtimedwait", "set_wakeup_fd",
)  # fmt: skip
ONLY_LINUX = ("sched_getaffinity", "sched_setaffinity", "pipe2", "eventfd", "memfd_create", "pidfd_open", "getresuid")


OTHERS = (
    "babel",
    "greenlet",
    "jinja2",
    "pydantic",
    "typer._adapters",
    "rich.console",
    "rich.progress",
    "rich.table",
    "typer",
    "typer.main",
    "typer.rich_utils",
)


class OfWindows(types.ModuleType):
    """A module of numbers and functions that only Windows has: it can be imported, none of its functions can be called."""

    def __getattr__(self, name: str) -> int:
        if name.startswith("__"):
            raise AttributeError(name)
        return 0


class Absent(importlib.abc.MetaPathFinder):
    """Finds nothing under these names, and says so."""

    def __init__(self, names: frozenset[str]) -> None:
        self.names = names

    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in self.names:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)


def hide(system: str, hidden: frozenset[str]) -> None:
    absent = hidden | (UNIX_MODULES if system == "win32" else frozenset())
    for name in [name for name in sys.modules if name.partition(".")[0] in absent]:
        del sys.modules[name]
    sys.meta_path.insert(0, Absent(absent))
    if system == "win32":
        for where, names in (
            (os, UNIX_OF_OS),
            (signal, UNIX_OF_SIGNAL),
            (select, ("poll", "epoll")),
            (socket, ("AF_UNIX", "socketpair")),
        ):
            for name in names:
                if hasattr(where, name):
                    delattr(where, name)
        del os.fork
        vars(_multiprocessing).update(closesocket=None, recv=None, send=None)
        sys.modules |= {name: OfWindows(name) for name in ("_winapi", "msvcrt")}
    elif system == "darwin":
        for name in ONLY_LINUX:
            if hasattr(os, name):
                delattr(os, name)

        def no_fork() -> None:
            raise AssertionError("fork on a system where it is not safe")

        os.fork = os.forkpty = no_fork


def main() -> None:
    system, hidden = sys.argv[1], sys.argv[2]
    if sys.argv[3] == "-c" and not sys.flags.safe_path:
        sys.path[0] = ""  # as the interpreter does with -c
    real_start = subprocess.Popen.__init__

    def start(self, command, *more, **named):
        at = command.index("-c")
        here = [command[0], *command[1:at], __file__, system, hidden]
        real_start(self, [*here, *command[at:]], *more, **named)

    subprocess.Popen.__init__ = start
    for name in OTHERS:
        importlib.import_module(name)  # others' code has parts for each system that cannot be had here
    sysconfig.get_config_vars()  # this system's own, under its own name
    hide(system, frozenset(hidden.split(",")))
    sys.platform = system
    if sys.argv[3] == "-c":
        code, sys.argv = sys.argv[4], ["-c", *sys.argv[5:]]
        exec(code, {"__name__": "__main__"})
        return
    sys.path.append(str(ROOT))
    sys.argv = ["grader", *sys.argv[3:]]
    from grader.cli import main as grader

    grader()


if __name__ == "__main__":
    main()
