"""`stage` as scenarios import it, under the scheduler: `from stage import note, label, together`."""

from __future__ import annotations

import types

from sandbox.overlay.state import record, run
from sandbox.scheduler import engine
from sandbox.together import perform

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


def note(about: Any, **facts: Any) -> None:
    """An event of kind `note`. Others may come first: it is a step."""
    active = engine.active
    if active is not None and "note" in run.watch:
        active.point("note", engine.EVENTS)
    record("note", about, **facts)


def label(**locks: Any) -> None:
    """Names for locks, in reports and in an event's `holds`. One lock may carry several."""
    for name, lock in locks.items():
        names = run.labels.setdefault(id(lock), (lock, []))[1]
        if name not in names:
            names.append(name)
        if hasattr(lock, "made"):
            lock.name = " = ".join(names)


def died(error: BaseException) -> None:
    """One of `together` ended in an exception, before the others ended: where they wait for ever, it is what happened."""
    active = engine.active
    if active is not None and active.current is not None and not active.is_killing:
        run.died.append((active.current, error))


def build(threading: Any) -> types.ModuleType:
    """The module, its tasks made by `threading` of the overlay."""
    module = types.ModuleType("stage")

    def together(*functions: Callable[[], Any]) -> list[Any]:
        """Runs the functions at the same time, a thread each."""
        return perform(functions, threading.Thread, died)

    module.__dict__.update(note=note, label=label, together=together)
    return module
