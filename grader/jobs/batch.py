"""A class from repositories to grades, and the same for one student. Everything it does is a fact or a job, so a batch that
was killed is simply run again: what is done is not done twice, and what was promised is still in the table.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import structlog
from sqlalchemy import select

from grader.errors import GraderError, IntakeError
from grader.jobs import tools, work
from grader.jobs.pool import Pool
from grader.language import Message, say
from grader.store.facts import Sight, record_attempt, record_outcome, record_receipt, record_visit
from grader.store.gradebook import over_cap_now
from grader.store.models import Failure, Work
from grader.store.store import utc_now

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from sqlalchemy.orm import Session

    from grader.course.course import Course
    from grader.course.roster import Student
    from grader.course.version import Version
    from grader.intake.take import Pinned
    from grader.store.facts import How
    from grader.store.store import Store

log = structlog.get_logger()
FETCHES = 4  # repositories fetched at a time
STEP = 0.1  # seconds between two looks

Intake = Callable[["Student", Sequence["Version"]], Mapping[str, "Pinned | GraderError"]]
Outcome = Literal["graded", "already", "missing", "infra", "stopped", "capped", "pinned", "open"]


@dataclass(frozen=True, slots=True)
class Row:
    """What became of one student's assignment in this batch.

    `graded` now; `already` before; `missing` and `infra` as intake or the job says; `stopped`: a person must look;
    `capped`: beyond the day's attempts; `pinned`: seen, not to be graded; `open`: the batch ended before the job did.
    """

    student: str
    assignment: str
    outcome: Outcome
    message: Message | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a batch is; `expected - done` is what a person must not overlook."""

    students: int
    looked_at: int
    expected: int
    done: int
    running: int
    stopped: int


@dataclass(slots=True)
class _Batch:
    store: Store
    course: Course
    versions: Mapping[str, tuple[Version, str, str]]  # name -> version, its digest, its execution digest
    how: How
    is_asked: bool
    is_graded: bool
    rows: dict[tuple[str, str], Row] = field(default_factory=dict)
    jobs: dict[tuple[str, str], int] = field(default_factory=dict)
    before: set[int] = field(default_factory=set)  # jobs that were done when we came

    def record(self, student: Student, taken: Mapping[str, Pinned | GraderError], now: datetime) -> None:
        """One student's look as facts and jobs, in one transaction."""
        with self.store.write() as session:
            seen = False
            for name, each in sorted(taken.items()):
                if isinstance(each, GraderError):
                    kind: Literal["missing", "infra"] = "missing" if isinstance(each, IntakeError) else "infra"
                    record_outcome(
                        session,
                        student=student.id,
                        assignment=name,
                        kind=kind,
                        message=each.message,
                        at=now,
                        how=self.how,
                    )
                    self.rows[student.id, name] = Row(student.id, name, kind, each.message)
                else:
                    seen = True
                    self._record_pinned(session, student, name, each, now)
            if not seen:
                record_visit(
                    session, student=student.id, repository=student.repository, commit=None, at=now, how=self.how
                )

    def _record_pinned(self, session: Session, student: Student, name: str, pinned: Pinned, now: datetime) -> None:
        sight = Sight(
            student=student.id,
            repository=student.repository,
            commit=pinned.commit,
            branch=pinned.branch,
            commit_date=pinned.commit_date,
            at=now,
            how=self.how,
        )
        snapshot = pinned.snapshot
        attempt = record_attempt(
            session,
            record_receipt(session, sight),
            assignment=name,
            tree=pinned.tree,
            snapshot=snapshot.digest,
            file=snapshot.file,
            notices=snapshot.notices,
            at=now,
        )
        if not self.is_graded:
            self.rows[student.id, name] = Row(student.id, name, "pinned")
            return
        if over_cap_now(session, attempt, self.course):
            message = say("Attempt {n} is beyond the day's cap and does not count.", n=attempt.number)
            self.rows[student.id, name] = Row(student.id, name, "capped", message)
            return
        _, digest, execution = self.versions[name]
        job = work.enqueue(
            session,
            attempt,
            snapshot=snapshot.digest,
            version=digest,
            execution=execution,
            now=now,
            is_asked=self.is_asked,
        )
        if job is None:
            self.rows[student.id, name] = Row(student.id, name, "already")
            return
        self.jobs[student.id, name] = job.id
        if job.state == "done":
            self.before.add(job.id)

    def finish(self) -> tuple[Row, ...]:
        """A row for everybody and everything that was asked for, sorted."""
        with self.store.read() as session:
            ids = sorted(self.jobs.values())
            states: dict[int, str] = {}
            told: dict[int, Mapping[str, str]] = {}
            for start in range(0, len(ids), 500):
                some = ids[start : start + 500]
                states |= dict(session.execute(select(Work.id, Work.state).where(Work.id.in_(some))).tuples().all())
                for failure in session.scalars(select(Failure).where(Failure.work_id.in_(some)).order_by(Failure.id)):
                    told[failure.work_id] = failure.message
        for key, job in self.jobs.items():
            state = states.get(job, "dropped")
            if state == "done":
                self.rows[key] = Row(*key, "already" if job in self.before else "graded")
            else:
                outcome: Outcome = "stopped" if state == "stopped" else "open"
                text = told.get(job)
                message = Stored.of(text) if text else None
                self.rows[key] = Row(*key, outcome, message)
        return tuple(self.rows[key] for key in sorted(self.rows))
