"""The usual intake of a batch: one fetch of a student's repository for all exercises."""

from __future__ import annotations

from threading import Event
from typing import TYPE_CHECKING, Any

from grader.errors import GraderError, IntakeError
from grader.intake.mirror import Mirrors
from grader.intake.take import pin, take
from grader.jobs.batch import Look
from grader.language import say

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from grader.course.assignment import Assignment
    from grader.course.course import Course
    from grader.course.roster import Student
    from grader.intake.take import Pinned


class Looking:
    """Looks into one student's repository, for `batch` and `collect`. `stop` set: whatever is being fetched is given up."""

    def __init__(self, course: Course, home: Path, *, allow_local: bool = False) -> None:
        self.stop = Event()
        self._course, self._home, self._allow_local = course, home, allow_local
        self._mirrors = Mirrors(
            home, course.hosts, allow_local=allow_local, stop=self.stop
        )  # asks each remote once a run

    def __call__(self, student: Student, assignments: Sequence[Assignment]) -> Look:
        if not student.repository:
            raise IntakeError(
                say("There is no repository address for this student."),
                remedy=say("Add it to the roster, or hand it in with `grader submit`."),
            )
        found = pin(self._course, student.repository, **self._how(student))
        taken: dict[str, Pinned | GraderError] = {}
        for assignment in assignments:
            try:
                taken[assignment.name] = take(self._course, assignment, student.repository, **self._how(student))
            except GraderError as error:
                taken[assignment.name] = error
        return Look(
            repository=found.address.shown,
            commit=found.commit,
            branch=found.branch,
            commit_date=found.commit_date,
            seen_at=found.seen_at,
            taken=taken,
        )

    def _how(self, student: Student) -> dict[str, Any]:
        return {
            "home": self._home,
            "allow_local": self._allow_local,
            "mirrors": self._mirrors,
            "branch": student.branch or None,
            "folder": student.folder or None,
        }


def looking(course: Course, home: Path, *, allow_local: bool = False) -> Looking:
    """A new run's intake."""
    return Looking(course, home, allow_local=allow_local)
