"""The usual intake of a batch: one fetch of a student's repository for all exercises."""

from __future__ import annotations

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
    from grader.jobs.batch import Intake


def looking(course: Course, home: Path, *, allow_local: bool = False) -> Intake:
    """An intake for `batch` and `collect`; mirrors are shared, so that a repository is fetched once a run."""
    mirrors = Mirrors(home, course.hosts, allow_local=allow_local)

    def look(student: Student, assignments: Sequence[Assignment]) -> Look:
        if not student.repository:
            raise IntakeError(
                say("There is no repository address for this student."),
                remedy=say("Add it to the roster, or hand it in with `grader submit`."),
            )
        where: dict[str, Any] = {"home": home, "allow_local": allow_local, "mirrors": mirrors}
        branch, folder = student.branch or None, student.folder or None
        found = pin(course, student.repository, branch=branch, folder=folder, **where)
        taken: dict[str, Pinned | GraderError] = {}
        for assignment in assignments:
            try:
                taken[assignment.name] = take(
                    course, assignment, student.repository, branch=branch, folder=folder, **where
                )
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

    return look
