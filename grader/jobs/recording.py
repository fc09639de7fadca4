"""What a batch saw, written down: receipts, attempts, outcomes, and the jobs that follow from them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from sqlalchemy import select

from grader.errors import GraderError, IntakeError, NotWrittenError
from grader.jobs import work
from grader.language import Message, say
from grader.store.facts import Sight, record_attempt, record_outcome, record_receipt, record_visit
from grader.store.gradebook import over_cap_now
from grader.store.models import Attempt, Failure, GradingRow, Pin, Receipt, Work
from grader.store.records import Stored
from grader.store.store import utc_now

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from grader.course.course import Course
    from grader.course.roster import Student
    from grader.course.version import Version
    from grader.intake.take import Pinned
    from grader.store.facts import How
    from grader.store.store import Store

Outcome = Literal["graded", "already", "missing", "infra", "stopped", "capped", "pinned", "open"]


@dataclass(frozen=True, slots=True)
class Look:
    """A repository at one moment, and by exercise what was found in it or why nothing was. `seen_at` None: just now."""

    repository: str  # as shown to people, without secrets
    commit: str
    branch: str
    commit_date: datetime | None
    seen_at: datetime | None
    taken: Mapping[str, Pinned | GraderError]


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
    is_not_written: bool = False  # missing, and nothing that looks like the work is there yet


@dataclass(slots=True)
class Recorder:
    """Turns what was seen into facts and jobs, and in the end into one row for everybody and everything asked for."""

    store: Store
    course: Course
    versions: Mapping[str, tuple[Version, str, str]]  # name -> version, its digest, its execution digest
    how: How
    is_asked: bool
    is_graded: bool
    rows: dict[tuple[str, str], Row] = field(default_factory=dict)
    jobs: dict[tuple[str, str], int] = field(default_factory=dict)
    looked_at: int = 0
    older: list[int] = field(default_factory=list)  # jobs of attempts that were pinned before and are not the newest
    before: set[int] = field(default_factory=set)  # jobs that were done when we came

    def record(self, student: Student, look: Look | GraderError, now: datetime) -> None:
        """One student's look as facts and jobs, in one transaction."""
        self.looked_at += 1
        with self.store.write() as session:
            if isinstance(look, GraderError):
                where = student.repository or ""
                record_visit(session, student=student.id, repository=where, commit=None, at=now, how=self.how)
                for name in sorted(self.versions):
                    self._record_nothing(session, student, name, look, now)
                return
            sight = Sight(
                student=student.id,
                repository=look.repository,
                commit=look.commit,
                branch=look.branch,
                commit_date=look.commit_date,
                at=look.seen_at or now,
                how=self.how,
            )
            receipt = record_receipt(session, sight)
            for name, each in sorted(look.taken.items()):
                if isinstance(each, GraderError):
                    self._record_nothing(session, student, name, each, now)
                else:
                    self._record_pinned(session, student, name, receipt, each, now)

    def _record_nothing(self, session: Session, student: Student, name: str, error: GraderError, now: datetime) -> None:
        kind: Literal["missing", "infra"] = "missing" if isinstance(error, IntakeError) else "infra"
        message = say("{what} {remedy}", what=error.message, remedy=error.remedy) if error.remedy else error.message
        record_outcome(session, student=student.id, assignment=name, kind=kind, message=message, at=now, how=self.how)
        self.rows[student.id, name] = Row(
            student.id, name, kind, message, is_not_written=isinstance(error, NotWrittenError)
        )

    def _record_pinned(
        self, session: Session, student: Student, name: str, receipt: Receipt, pinned: Pinned, now: datetime
    ) -> None:
        snapshot = pinned.snapshot
        attempt = record_attempt(
            session,
            receipt,
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
            now=utc_now(),
            is_asked=self.is_asked,
        )
        if job is None:
            self.rows[student.id, name] = Row(student.id, name, "already")
            return
        self.jobs[student.id, name] = job.id
        if job.state == "done":
            self.before.add(job.id)

    def catch_up(self, students: Sequence[Student]) -> None:
        """Jobs for what was pinned before (by `collect`, by a batch that was killed) and never graded.

        A repository that was pushed over, emptied or closed since gives nothing new to grade, and takes nothing away.
        """
        ids = [student.id for student in students]
        with self.store.write() as session:
            for start in range(0, len(ids), 500):
                waiting = (
                    select(Attempt)
                    .where(Attempt.student.in_(ids[start : start + 500]), Attempt.assignment.in_(self.versions))
                    .where(Attempt.id.not_in(select(GradingRow.attempt_id)))
                    .where(Attempt.id.not_in(select(Work.attempt_id).where(Work.state != "dropped")))
                    .order_by(Attempt.student, Attempt.assignment, Attempt.number)
                )
                for attempt in session.scalars(waiting).all():
                    self._enqueue_pinned(session, attempt)

    def _enqueue_pinned(self, session: Session, attempt: Attempt) -> None:
        if over_cap_now(session, attempt, self.course):
            return
        snapshot = session.scalar(select(Pin.snapshot).where(Pin.attempt_id == attempt.id).order_by(Pin.id.desc()))
        if snapshot is None:
            return
        _, digest, execution = self.versions[attempt.assignment]
        job = work.enqueue(session, attempt, snapshot=snapshot, version=digest, execution=execution, now=utc_now())
        if job is None:
            return
        key = attempt.student, attempt.assignment
        if key in self.jobs:
            self.older.append(job.id)
        else:
            self.jobs[key] = job.id

    def finish(self, students: Sequence[Student]) -> tuple[Row, ...]:
        """A row for everybody and everything that was asked for, sorted: nobody is left out unnoticed."""
        with self.store.read() as session:
            ids = sorted(self.jobs.values())
            states: dict[int, str] = {}
            told: dict[int, Mapping[str, str]] = {}
            for start in range(0, len(ids), 500):
                some = ids[start : start + 500]
                states |= dict(session.execute(select(Work.id, Work.state).where(Work.id.in_(some))).all())
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
        for key in ((student.id, name) for student in students for name in self.versions):
            self.rows.setdefault(key, Row(*key, "open"))
        return tuple(self.rows[key] for key in sorted(self.rows))
