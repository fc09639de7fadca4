"""What a scenario may use: `from stage import note, label, together`."""

from __future__ import annotations

import threading

from sandbox.real import spies
from sandbox.together import perform

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from sandbox.real.recorder import Recorder

_recorder: Recorder


def use(recorder: Recorder) -> None:
    """Called once per run, before the scenarios are loaded."""
    global _recorder
    _recorder = recorder


def note(about: Any, **facts: Any) -> None:
    """An event of kind `note`: who did it (the task), what it is about, which labelled locks were held, and any facts."""
    _recorder.event("note", about, spies.labels_held(), **facts)


def label(**locks: Any) -> None:
    """Names for locks, in reports and in an event's `holds`. One lock may carry several."""
    for name, lock in locks.items():
        spies.label(lock, name)


def together(*functions: Callable[[], Any]) -> list[Any]:
    """Runs the functions at the same time, a thread each; returns their values in order when all have ended. Raises what the first of them raised."""
    return perform(functions, threading.Thread)
