"""What every verb starts from: the screen to print on and, but for a few, an open course."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from grader.console import Screen, preferred_language
from grader.errors import GraderError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from grader.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Where:
    """Whose repository, and where in it."""

    student: str | None = None
    branch: str | None = None
    folder: str | None = None
    allow_local: bool = False


@dataclass(frozen=True, slots=True)
class How:
    """In which sandbox, and how many at a time (0: one a core)."""

    sandbox: str = "auto"
    unsafe: bool = False
    workers: int = 0

    @property
    def pool(self) -> int:
        return self.workers or os.cpu_count() or 1


@dataclass(frozen=True, slots=True)
class Signed:
    """Who does something, and why."""

    by: str
    reason: str


@dataclass
class Context:
    """A screen and a course. A context manager: closes the store."""

    screen: Screen
    _workspace: Workspace | None

    @classmethod
    def open(cls, course: Path | None, language: str | None, *, is_json: bool, needs_course: bool = True) -> Self:
        if not needs_course:
            return cls(Screen(preferred_language(language), is_json=is_json), None)
        from grader.workspace import Workspace  # noqa: PLC0415 - loads the store, which a laptop need not have

        workspace = Workspace.open(course)
        return cls(Screen(preferred_language(language, workspace.course.language), is_json=is_json), workspace)

    def names(self, asked: Sequence[str], due: str | None = None) -> tuple[str, ...]:
        """Names of exercises: those asked for; else all that can be read, the errors of the others said on the screen.

        Raises Problems where none can.
        """
        wanted = self.workspace.names(asked, due)
        if asked:
            return wanted
        broken: dict[str, GraderError] = {}
        for name in wanted:
            try:
                self.workspace.version(name)
            except GraderError as error:
                broken[name] = error
        if broken and len(broken) == len(wanted):
            raise next(iter(broken.values()))
        for problem in broken.values():
            self.screen.error(problem)
        return tuple(name for name in wanted if name not in broken)

    @property
    def workspace(self) -> Workspace:
        assert self._workspace is not None, "this verb was opened without a course"
        return self._workspace

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._workspace is not None:
            self._workspace.close()
