"""What a TA asks of the table of jobs: grade what waits, try again, regrade a set, who is missing."""

from __future__ import annotations

import shutil
import time
from typing import TYPE_CHECKING, Literal

from sqlalchemy import select

from grader.course.version import Version
from grader.errors import GraderError, StoreError
from grader.intake.address import parse_address
from grader.jobs import tools, work
from grader.jobs.pool import Pool
from grader.language import say
from grader.store import keeping, regrades
from grader.store.acts import must_be_signed, note_event
from grader.store.grades import grades
from grader.store.models import Attempt, GradingRow, Work
from grader.store.store import utc_now

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from grader.course.course import Course
    from grader.course.roster import Student
    from grader.jobs.work import Counts
    from grader.store.grade import Grade
    from grader.store.keeping import Removed
    from grader.store.regrades import Preview
    from grader.store.store import Store

KEY = 40  # letters of a mirror's folder
STEP = 0.1  # seconds between two looks


def work_off(
    store: Store,
    home: Path,
    backend: str,
    *,
    ids: Collection[int] | None = None,
    workers: int = 2,
    tools: str = tools.PRODUCTION,
    environment: Mapping[str, str] | None = None,
    progress: Callable[[Counts], None] | None = None,
) -> Counts:
    """Grade what waits (these jobs, or all) until nothing is open; how many are in which state then."""
    with Pool(store, home, backend, workers, tools, dict(environment or {})) as pool:
        while True:
            with store.read() as session:
                found = work.counts(session, ids)
            if progress:
                progress(found)
            if not found.open:
                return found
            pool.tend(found.open)
            time.sleep(STEP)


def retry(
    store: Store, *, by: str, reason: str, student: str | None = None, assignment: str | None = None
) -> tuple[int, ...]:
    """Let stopped jobs start anew (of all, a student, an exercise); their ids, for `work_off`."""
    must_be_signed(by, reason)
    now = utc_now()
    with store.write() as session:
        query = select(Work).where(Work.state == "stopped").order_by(Work.id)
        if student is not None:
            query = query.where(Work.student == student)
        if assignment is not None:
            query = query.where(Work.assignment == assignment)
        stopped = session.scalars(query).all()
        work.retry(stopped, now)
        for each in stopped:
            about = f"{each.student} {each.assignment} work {each.id}"
            note_event(session, kind="retry", about=about, by=by, reason=reason, now=now)
        return tuple(each.id for each in stopped)


def regrade(
    course: Course,
    name: str,
    *,
    store: Store,
    home: Path,
    python: str,
    by: str,
    reason: str,
    students: Sequence[Student] | None = None,
) -> tuple[int, tuple[int, ...]]:
    """Open a regrade set with today's version of an exercise: its number, and its jobs for `work_off`.

    Members are the attempts that count; every graded one where the best counts. Raises Problems, ConflictError.
    """
    now = utc_now()
    version = Version.of(course, name)
    digest, execution = version.save(home), version.execution_digest(python)
    wanted = {
        (g.student.id, a.number)
        for g in grades(store, course, now, names=[name], students=students, versions={name: version})
        for a in g.attempts
        if a.counts or (course.attempts.counts == "best" and a.raw is not None)
    }
    if not wanted:
        raise StoreError(say("Nothing of {assignment} was graded yet.", assignment=name))
    number = regrades.begin(store, assignment=name, by=by, reason=reason, now=now)
    jobs = []
    with store.write() as session:
        graded = (
            select(GradingRow.attempt_id, GradingRow.snapshot)
            .join(Attempt, Attempt.id == GradingRow.attempt_id)
            .where(Attempt.assignment == name)
            .order_by(GradingRow.id)
        )
        newest = dict(session.execute(graded).all())
        query = select(Attempt).where(Attempt.assignment == name).order_by(Attempt.student, Attempt.number)
        for row in session.scalars(query):
            if (row.student, row.number) in wanted:
                job = work.enqueue(
                    session,
                    row,
                    snapshot=newest[row.id],
                    version=digest,
                    execution=execution,
                    now=now,
                    regrade=number,
                )
                assert job is not None
                jobs.append(job.id)
    return number, tuple(jobs)


def jobs_of(store: Store, number: int) -> tuple[int, ...]:
    """The jobs of a regrade set, to go on with one that was interrupted."""
    with store.read() as session:
        return tuple(session.scalars(select(Work.id).where(Work.regrade == number).order_by(Work.id)))


def finish_regrade(
    store: Store, number: int, *, apply: bool, by: str, reason: str, is_partial: bool = False
) -> Preview:
    """Apply or drop a set as a whole; the set as it was ended."""
    kind: Literal["applied", "dropped"] = "applied" if apply else "dropped"
    regrades.end(store, number, kind, by=by, reason=reason, now=utc_now(), is_partial=is_partial)
    return regrades.preview(store, number)


def missing(
    store: Store, course: Course, now: datetime, *, names: Iterable[str], students: Sequence[Student] | None = None
) -> tuple[Grade, ...]:
    """Grades of those who handed in nothing that can be graded, and for whom we are not to blame."""
    return tuple(g for g in grades(store, course, now, names=names, students=students) if g.status == "missing")


def forget(course: Course, store: Store, home: Path, student: str, *, by: str, reason: str) -> Removed:
    """Remove everything about a student, the mirror of the repository included. Raises StoreError."""
    removed = keeping.forget(store, home, student, by=by, reason=reason, now=utc_now())
    for key in _keys(course, removed.repositories):
        shutil.rmtree(home / "mirrors" / key, ignore_errors=True)
    return removed


def clean(course: Course, store: Store, home: Path) -> tuple[Removed, int]:
    """Remove snapshots, versions and mirrors that nothing refers to; what, and how many mirrors."""
    now = utc_now()
    removed = keeping.clean(store, home, now)
    kept = _keys(course, keeping.repositories(store))
    mirrors = [p for p in keeping.unused(home / "mirrors", kept, now) if len(p.name) == KEY]
    for path in mirrors:
        shutil.rmtree(path, ignore_errors=True)
    return removed, len(mirrors)


def _keys(course: Course, repositories: Iterable[str]) -> frozenset[str]:
    """Names of the mirrors of these repositories."""
    keys = set()
    for repository in repositories:
        try:
            keys.add(parse_address(repository, course.hosts, allow_local=True).key)
        except GraderError:
            continue  # never was an address, so it has no mirror
    return frozenset(keys)
