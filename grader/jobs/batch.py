"""A class from repositories to grades, and the same for one student. Everything it does is a fact or a job, so a batch that
was killed is simply run again: what is done is not done twice, and what was promised is still in the table.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog

from grader.course.version import Version
from grader.errors import GraderError, InfrastructureError
from grader.jobs import tools, work
from grader.jobs.pool import Pool
from grader.jobs.recording import Look, Recorder, Row
from grader.language import say
from grader.store.store import utc_now

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from grader.course.assignment import Assignment
    from grader.course.course import Course
    from grader.course.roster import Student
    from grader.store.facts import How
    from grader.store.store import Store

__all__ = ["Intake", "Look", "Progress", "Row", "batch", "collect"]
log = structlog.get_logger()
FETCHES = 4  # repositories fetched at a time
STEP = 0.1  # seconds between two looks

# Raises GraderError when the repository itself gives nothing.
Intake = Callable[["Student", "Sequence[Assignment]"], Look]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a batch is; `expected - done` is what a person must not overlook."""

    students: int
    looked_at: int
    expected: int
    done: int
    running: int
    stopped: int


def batch(
    course: Course,
    names: Iterable[str],
    students: Sequence[Student],
    *,
    store: Store,
    home: Path,
    intake: Intake,
    backend: str,
    python: str,
    how: How = "batch",
    is_asked: bool = False,
    workers: int = 2,
    tools: str = tools.PRODUCTION,
    environment: Mapping[str, str] | None = None,
    progress: Callable[[Progress], None] | None = None,
    clock: Callable[[], datetime] = utc_now,
) -> tuple[Row, ...]:
    """Look at every student's repository once, grade what was never graded, and say what became of each.

    `backend` is a backend's name and `python` the version inside it. `is_asked`: one submission was named, so an attempt
    graded with an older version of the exercise is graded again. Raises Problems for a broken exercise, before anything
    else; InfrastructureError where no worker can start. A bad row is a row. `clock` is what receipts are dated by.
    """
    versions = {}
    for name in names:
        version = Version.of(course, name)
        versions[name] = (version, version.save(home), version.execution_digest(python))
    run = Recorder(store=store, course=course, versions=versions, how=how, is_asked=is_asked, is_graded=True)
    with Pool(store, home, backend, workers, tools, dict(environment or {})) as pool:
        with closing(_looks(run, students, intake, clock)) as looks:
            for _ in looks:
                pool.tend(_tell(run, students, progress))
        run.catch_up(students)
        while still_open := _tell(run, students, progress):
            pool.tend(still_open)
            time.sleep(STEP)
    return run.finish(students)


def collect(
    course: Course,
    students: Sequence[Student],
    *,
    store: Store,
    intake: Intake,
    names: Iterable[str] | None = None,
    progress: Callable[[Progress], None] | None = None,
    clock: Callable[[], datetime] = utc_now,
) -> tuple[Row, ...]:
    """Pin every repository as it is now, so that whatever is graded later was seen now. Nothing is graded."""
    versions = {name: (Version.of(course, name), "", "") for name in (course.assignments() if names is None else names)}
    run = Recorder(store=store, course=course, versions=versions, how="collect", is_asked=False, is_graded=False)
    with closing(_looks(run, students, intake, clock)) as looks:
        for _ in looks:
            _tell(run, students, progress)
    return run.finish(students)


def _looks(
    run: Recorder, students: Sequence[Student], intake: Intake, clock: Callable[[], datetime]
) -> Generator[None]:
    """Fetch and record, some repositories at a time; yields often, so that the caller can look after its workers."""
    assignments = [version.assignment for version, _, _ in run.versions.values()]

    def look(student: Student) -> Look | GraderError:
        try:
            return intake(student, assignments)
        except GraderError as error:
            return error
        except Exception as error:  # a fault of ours about one repository is a row, never the end of the class
            log.exception("intake failed", student=student.id)
            return InfrastructureError(say("The grader itself failed: {why}", why=f"{type(error).__name__}: {error}"))

    with ThreadPoolExecutor(FETCHES, thread_name_prefix="intake") as threads:
        waiting: dict[Future[Look | GraderError], Student] = {
            threads.submit(look, student): student for student in students
        }
        try:
            while waiting:
                done, _ = wait(waiting, timeout=STEP, return_when=FIRST_COMPLETED)
                for future in done:
                    run.record(waiting.pop(future), future.result(), clock())
                yield
        finally:
            if waiting and (stop := getattr(intake, "stop", None)):
                stop.set()  # somebody wants to end: not after the last repository has answered
            threads.shutdown(wait=False, cancel_futures=True)


def _tell(run: Recorder, students: Sequence[Student], progress: Callable[[Progress], None] | None) -> int:
    """Report how far it is; how many jobs are still open."""
    with run.store.read() as session:
        found = work.counts(session, [*run.jobs.values(), *run.older])
    if progress:
        progress(
            Progress(
                students=len(students),
                looked_at=run.looked_at,
                expected=found.expected,
                done=found.done,
                running=found.running,
                stopped=found.stopped,
            )
        )
    return found.open
