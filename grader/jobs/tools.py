"""What a worker grades with. Tests hand in their own; `--tools module:function` names one for a worker process."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, Self

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from grader.containers.session import Backend
    from grader.course.version import Version
    from grader.intake.snapshot import Snapshot
    from grader.judge.records import Grading

PRODUCTION = "grader.jobs.tools:production"


class Judge(Protocol):
    """`grader.judge.grade.Judges`, or what a test puts in its place."""

    def grade(self, version: Version, snapshot: Snapshot, student: str, backend: Backend) -> Grading: ...

    def __enter__(self) -> Self: ...

    def __exit__(self, *error: object) -> None: ...


@dataclass(frozen=True, slots=True)
class Tools:
    """Where versions and snapshots come from, who judges, and in which sandbox (by name)."""

    version: Callable[[Path, str], Version]
    snapshot: Callable[[Path, str], Snapshot]
    judge: Callable[[Path], Judge]
    backend: Callable[[str], Backend]


def production() -> Tools:
    """The real ones."""
    from grader.containers import choose  # noqa: PLC0415 - a worker of a test never loads them
    from grader.course.version import Version  # noqa: PLC0415
    from grader.intake.snapshot import Snapshot  # noqa: PLC0415
    from grader.judge.grade import Judges  # noqa: PLC0415

    def backend(name: str) -> Backend:
        return choose("local" if name.startswith("local") else name, unsafe=True)  # whoever started the pool was asked

    return Tools(version=Version.load, snapshot=Snapshot.load, judge=Judges, backend=backend)


def named(where: str) -> Tools:
    """The tools of `module:function`."""
    module, _, function = where.partition(":")
    made: Tools = getattr(importlib.import_module(module), function)()
    return made
