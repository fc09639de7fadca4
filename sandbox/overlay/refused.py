"""What no schedule decides about yet: processes and sockets. Their use is noted and ends the run: what comes after would prove nothing."""

from __future__ import annotations

import importlib
import os
import socket
import subprocess

from sandbox.overlay.state import run
from sandbox.scheduler import engine
from sandbox.scheduler.engine import Stop

STARTERS: list[tuple[object, str]] = []  # what multiprocessing's spawn comes down to, past os and subprocess
for _module, _name in (("_posixsubprocess", "fork_exec"), ("_winapi", "CreateProcess")):
    try:
        STARTERS.append((importlib.import_module(_module), _name))
    except ImportError:  # of another system
        continue

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def refuse(name: str) -> None:
    """Note the use of `name` and end the run."""
    run.notes[name] = None
    active = engine.active
    if active is not None and active.current is not None and not active.is_killing:
        active.end(Stop.UNSUPPORTED)
    raise NotImplementedError(f"{name} is not possible under the controlled scheduler")


def refusal(name: str) -> Any:
    """What takes the place of `name`."""

    def call(*_: Any, **__: Any) -> None:
        refuse(name)

    return call


def hooks() -> list[tuple[Any, str, Any]]:
    """Where, which name, what instead."""
    found: list[tuple[Any, str, Any]] = [
        (socket.socket, "__init__", refusal("socket")),
        (subprocess.Popen, "__init__", refusal("subprocess")),
    ]
    names = ("fork", "forkpty", "posix_spawn", "posix_spawnp", "system")
    found += [(os, name, refusal(f"os.{name}")) for name in names if hasattr(os, name)]
    return found + [(module, name, refusal("process")) for module, name in STARTERS if hasattr(module, name)]
