"""Files under the scheduler: opening one is a step. What is read and written goes to the real file, in the run's own folder."""

from __future__ import annotations

import builtins
import io
import os

from sandbox.overlay.state import record, run
from sandbox.scheduler import engine

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

std_open = builtins.open


def open_(file: Any, mode: str = "r", *args: Any, **named: Any) -> Any:
    """`open`: before or after what other tasks do with the same file."""
    active = engine.active
    task = None if active is None else active.current
    if (
        active is None
        or task is None
        or active.is_killing
        or task.quiet
        or not isinstance(file, str | bytes | os.PathLike)
    ):
        return std_open(file, mode, *args, **named)
    name = os.path.relpath(os.fsdecode(file))
    writes = any(letter in str(mode) for letter in "wax+")
    active.point("open", f"file {name}", writes)
    opened = std_open(file, mode, *args, **named)
    if run.watch:
        record("write" if writes else "read", os.path.basename(name))
    return opened


HOOKS: tuple[tuple[Any, str, Any], ...] = ((builtins, "open", open_), (io, "open", open_))
