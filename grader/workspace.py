"""An open course: its folder, its store, what time it is. What every verb of the command line (and every page) starts from."""

from __future__ import annotations

import contextlib
import functools
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Self

from grader.course.course import Course, find_course, load_course
from grader.course.roster import Roster, Student, read_roster
from grader.course.version import Version
from grader.errors import CourseError, UsageError
from grader.intake.snapshot import Snapshot
from grader.language import say
from grader.logs import logging_to
from grader.settings import Settings
from grader.store.facts import apply_roster, current_students
from grader.store.gradebook import read
from grader.store.grades import grades
from grader.store.store import Store, utc_now

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from grader.course.assignment import Assignment
    from grader.errors import GraderError
    from grader.store.grade import Grade
    from grader.store.gradebook import Gradebook


@dataclass
class Workspace:
    """Opened for one command; a context manager."""

    course: Course
    settings: Settings
    now: datetime
    _versions: dict[str, Version] = field(default_factory=dict)
    _open: contextlib.ExitStack = field(default_factory=contextlib.ExitStack)

    @classmethod
    def open(cls, folder: Path | None = None) -> Self:
        """The course of `folder` (default: the nearest one above the current folder). Raises CourseError, Problems."""
        course = load_course(folder.resolve() if folder else find_course(Path.cwd()))
        return cls(course, Settings.of(course.root), utc_now())

    @functools.cached_property
    def store(self) -> Store:
        """Opened when first used; migrated to the newest schema."""
        self.settings.home.mkdir(parents=True, exist_ok=True)
        self._open.enter_context(logging_to(self.settings.home))
        return self._open.enter_context(Store.open(self.settings.database))

    def tick(self) -> None:
        """What comes now is read as of now."""
        self.now = utc_now()

    def close(self) -> None:
        """Close the store and the log, if they were opened."""
        self._open.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # -- exercises ------------------------------------------------------------------------------------------------

    def names(self, asked: Sequence[str] = (), due: str | None = None) -> tuple[str, ...]:
        """Names of exercises: those asked for, else all; with `due` "today" (or a date), those due on that day in the course's zone."""
        known = self.course.assignments()
        for name in asked:
            self.course.due(name)  # raises, with a near match, for an unknown one
        names = tuple(name for name in known if not asked or name in asked)
        if due is None:
            return names
        day = self.now.astimezone(self.course.timezone).date().isoformat() if due == "today" else due
        found = tuple(
            n
            for n in names
            if (at := self.course.due(n)) and at.astimezone(self.course.timezone).date().isoformat() == day
        )
        if not found:
            raise UsageError(say("Nothing is due on {day}.", day=day))
        return found

    def version(self, name: str) -> Version:
        """The exercise as the folder had it when it was first asked for."""
        if name not in self._versions:
            self._versions[name] = Version.of(self.course, name)
        return self._versions[name]

    def assignment(self, name: str) -> Assignment:
        return self.version(name).assignment

    def scenarios(self, name: str) -> str:
        """The exercise's public scenarios; "" where it has none."""
        return self.version(name).reference.files.get("scenarios.py", b"").decode("utf-8", "replace")

    # -- people ---------------------------------------------------------------------------------------------------

    def read_roster(self, path: Path | None = None) -> Roster:
        """A roster file, by default the course's. Raises UsageError, RosterError."""
        path = path or self.course.roster
        if path is None or not path.exists():
            raise UsageError(
                say("There is no roster."), remedy=say("Name one: --roster FILE, or `roster:` in course.yaml.")
            )
        return read_roster(path.read_bytes(), self.course.encoding, file=path.name)

    def students(
        self, path: Path | None = None, group: str | None = None, ids: Sequence[str] = ()
    ) -> tuple[tuple[Student, ...], tuple[GraderError, ...]]:
        """The class, and what is wrong with single rows of its roster. The course's own roster file becomes the class list."""
        problems: tuple[GraderError, ...] = ()
        if path or (self.course.roster and self.course.roster.exists()):
            roster = self.read_roster(path)
            students, problems = roster.students, roster.problems
            apply_roster(
                self.store, students, by="roster", reason=(path or self.course.roster or Path()).name, now=self.now
            )
        else:
            with self.store.read() as session:
                students = current_students(session)
        if not students:
            raise UsageError(say("The class is empty."), remedy=say("Apply a roster: grader roster FILE --apply."))
        if group is not None and group not in {s.group for s in students}:
            raise UsageError(
                say("There is no group {group}.", group=group),
                remedy=say("There are: {names}.", names=", ".join(sorted({s.group for s in students if s.group}))),
            )
        for one in ids:
            if one not in {s.id for s in students}:
                raise UsageError(say("There is no student {id}.", id=one))
        return tuple(s for s in students if (group is None or s.group == group) and (not ids or s.id in ids)), problems

    # -- grades ---------------------------------------------------------------------------------------------------

    def grades(
        self, names: Iterable[str] | None = None, students: Sequence[Student] | None = None
    ) -> tuple[Grade, ...]:
        """Current grades, by exercise, then by student id."""
        wanted = self.names() if names is None else tuple(names)
        return grades(
            self.store,
            self.course,
            self.now,
            names=wanted,
            students=students,
            versions={n: self.version(n) for n in wanted},
        )

    def gradebook(self) -> Gradebook:
        with self.store.read() as session:
            return read(session)

    def files(self, grade: Grade) -> dict[str, bytes]:
        """The graded files of a grade; none where nothing was graded or the snapshot was cleaned away."""
        if not grade.snapshot:
            return {}
        try:
            return dict(Snapshot.load(self.settings.home, grade.snapshot).files)
        except CourseError:
            return {}
