"""The table of jobs: enqueue once, claim under a lease, finish once. Every function is one short write transaction.

A job goes queued -> running -> done. A failed or lost claim goes back to queued until it failed or killed its worker three
times; then it is stopped and waits for a person. Claims that ended with their whole pool (kill -9, a reboot) are nobody's
fault and have a higher cap: `starts`, stored before each start. Nothing but a valid claim writes a grading, so a worker that was
slow, suspended or believed dead cannot double one.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Literal

from sqlalchemy import and_, func, or_, select, update

from grader.language import say
from grader.store.models import Failure, GradingRow, Work

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import datetime

    from sqlalchemy.orm import Session

    from grader.judge.records import CheckRecord, Grading
    from grader.language import Message
    from grader.store.models import Attempt
    from grader.store.store import Store

LIVE, REGRADE = 0, 1
LEASE = timedelta(seconds=30)
MOST_BLAMED = 3
MOST_STARTS = 10
BACK_OFF = timedelta(seconds=5)  # times the number of starts, after an infrastructure failure


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to grade one job until the lease ends; `token` proves it."""

    work_id: int
    token: str
    attempt_id: int
    student: str
    assignment: str
    snapshot: str
    version: str
    execution: str
    regrade: int
    starts: int
    alone: bool


@dataclass(frozen=True, slots=True)
class Counts:
    """`expected` is always the sum of the others."""

    queued: int
    running: int
    done: int
    stopped: int

    @property
    def expected(self) -> int:
        return self.queued + self.running + self.done + self.stopped

    @property
    def open(self) -> int:
        return self.queued + self.running


def enqueue(
    session: Session,
    attempt: Attempt,
    *,
    snapshot: str,
    version: str,
    execution: str,
    now: datetime,
    regrade: int = 0,
    is_asked: bool = False,
) -> Work | None:
    """The job for this attempt; None when it was graded already and so nothing runs by itself.

    Equal calls give the same job. With `is_asked` (somebody named this one submission) an attempt graded under another
    execution digest is graded again. A job stopped by infrastructure starts anew; one that killed its workers waits on.
    """
    same = select(Work).where(
        Work.attempt_id == attempt.id,
        Work.snapshot == snapshot,
        Work.execution == execution,
        Work.regrade == regrade,
        Work.state != "dropped",
    )
    known = session.scalar(same)
    if known:
        if known.state == "stopped" and known.stopped_by == "infra":
            _requeue(known, now)
        return known
    if not regrade:
        graded = select(GradingRow.id).where(GradingRow.attempt_id == attempt.id, GradingRow.snapshot == snapshot)
        if not is_asked and session.scalar(graded.limit(1)) is not None:
            return None
        session.execute(  # of two waiting versions of one job only the newer is worth running
            update(Work)
            .where(Work.attempt_id == attempt.id, Work.regrade == 0, Work.state.in_(["queued", "stopped"]))
            .values(state="dropped")
        )
    dropped = session.scalar(
        select(Work).where(
            Work.attempt_id == attempt.id,
            Work.snapshot == snapshot,
            Work.execution == execution,
            Work.regrade == regrade,
        )
    )
    if dropped:
        dropped.version = version
        _requeue(dropped, now)
        return dropped
    work = Work(
        attempt_id=attempt.id,
        student=attempt.student,
        assignment=attempt.assignment,
        snapshot=snapshot,
        version=version,
        execution=execution,
        regrade=regrade,
        lane=REGRADE if regrade else LIVE,
        state="queued",
        created_at=now,
        not_before=now,
    )
    session.add(work)
    session.flush()
    return work


def _requeue(work: Work, now: datetime) -> None:
    work.state, work.stopped_by, work.starts, work.blamed, work.alone = "queued", None, 0, 0, False
    work.claim = work.worker = work.lease_until = None
    work.not_before = now


def claim(store: Store, worker: str, now: datetime) -> Claim | None:
    """The next job for this worker, its start already counted; None when there is nothing to do now.

    Live work goes before regrades. A job to be run alone waits until nothing runs, and nothing starts beside it.
    """
    with store.read() as session:  # idle workers look without keeping writers waiting
        ready = or_(
            and_(Work.state == "queued", Work.not_before <= now), and_(Work.state == "running", Work.lease_until <= now)
        )
        if session.scalar(select(Work.id).where(ready).limit(1)) is None:
            return None
    with store.write() as session:
        _expire(session, now)
        running = session.execute(select(Work.id, Work.alone).where(Work.state == "running")).all()
        if any(alone for _, alone in running):
            return None
        work = session.scalar(
            select(Work)
            .where(Work.state == "queued", Work.not_before <= now)
            .order_by(Work.lane, Work.alone, Work.id)
            .limit(1)
        )
        if work is None or (work.alone and running):
            return None
        work.state, work.worker, work.claim = "running", worker, secrets.token_hex(16)
        work.starts += 1
        work.lease_until = now + LEASE
        return Claim(
            work_id=work.id,
            token=work.claim,
            attempt_id=work.attempt_id,
            student=work.student,
            assignment=work.assignment,
            snapshot=work.snapshot,
            version=work.version,
            execution=work.execution,
            regrade=work.regrade,
            starts=work.starts,
            alone=work.alone,
        )


def beat(store: Store, workers: Collection[str], now: datetime) -> None:
    """These workers are alive: what they have claimed stays theirs."""
    if workers:
        with store.write() as session:
            session.execute(
                update(Work)
                .where(Work.state == "running", Work.worker.in_(list(workers)))
                .values(lease_until=now + LEASE)
            )


def finish(store: Store, held: Claim, grading: Grading, now: datetime) -> bool:
    """Append the grading and end the job; False, and nothing written, when the claim was lost meanwhile."""
    with store.write() as session:
        ended = session.execute(
            update(Work)
            .where(Work.id == held.work_id, Work.claim == held.token, Work.state == "running")
            .values(state="done", claim=None, worker=None, lease_until=None)
            .returning(Work.id)
        )
        if ended.first() is None:
            return False
        session.add(
            GradingRow(
                attempt_id=held.attempt_id,
                work_id=held.work_id,
                regrade_id=held.regrade or None,
                claim=held.token,
                snapshot=held.snapshot,
                version=held.version,
                execution=grading.execution,
                sandbox=grading.sandbox,
                python=grading.python,
                duration_ms=grading.duration_ms,
                checks=[check.to_json() for check in grading.checks],
                at=now,
            )
        )
        return True


def fail(
    store: Store,
    held: Claim,
    *,
    message: Message,
    now: datetime,
    checks: Iterable[CheckRecord] | None = None,
    is_repeated_alone: bool = False,
) -> Literal["queued", "stopped", "lost"]:
    """An infrastructure failure: written beside the gradings, never over one; says what became of the job.

    With `is_repeated_alone` a job that did not run alone yet does so next, whatever its number of starts.
    """
    with store.write() as session:
        work = session.get(Work, held.work_id)
        if work is None or work.state != "running" or work.claim != held.token:
            return "lost"
        again = is_repeated_alone and not held.alone
        work.blamed += 1
        work.claim = work.worker = work.lease_until = None
        if again or work.blamed < MOST_BLAMED:
            work.state, work.alone = "queued", again or held.alone
            work.not_before = now if again else now + BACK_OFF * work.blamed
        else:
            work.state, work.stopped_by = "stopped", "infra"
        session.add(
            Failure(
                attempt_id=held.attempt_id,
                work_id=held.work_id,
                regrade_id=held.regrade or None,
                claim=held.token,
                kind="infra",
                message=message.both(),
                checks=None if checks is None else [check.to_json() for check in checks],
                at=now,
            )
        )
        return "stopped" if work.state == "stopped" else "queued"


def abandon(store: Store, worker: str, now: datetime, *, is_blamed: bool) -> None:
    """A worker is dead: what it had claimed is free again at once. `is_blamed`: it died by itself, doing that job."""
    with store.write() as session:
        for work in session.scalars(select(Work).where(Work.state == "running", Work.worker == worker)):
            _lose(session, work, now, is_blamed=is_blamed)


def _expire(session: Session, now: datetime) -> None:
    """Claims whose lease ran out."""
    for work in session.scalars(select(Work).where(Work.state == "running", Work.lease_until <= now)):
        _lose(session, work, now, is_blamed=False)
    session.flush()


def _lose(session: Session, work: Work, now: datetime, *, is_blamed: bool) -> None:
    """The death is a fact, and the job queues again or stops at the cap."""
    assert work.claim is not None
    work.blamed += is_blamed
    message = (
        say("The grader's worker died of this job, {n} of {most} times.", n=work.blamed, most=MOST_BLAMED)
        if is_blamed
        else say(
            "The grader was stopped in the middle of this job (start {n} of {most}).", n=work.starts, most=MOST_STARTS
        )
    )
    session.add(
        Failure(
            attempt_id=work.attempt_id,
            work_id=work.id,
            regrade_id=work.regrade or None,
            claim=work.claim,
            kind="lost",
            message=message.both(),
            checks=None,
            at=now,
        )
    )
    work.claim = work.worker = work.lease_until = None
    if work.blamed < MOST_BLAMED and work.starts < MOST_STARTS:
        work.state = "queued"
    else:
        work.state, work.stopped_by = "stopped", "lost"


def retry(works: Iterable[Work], now: datetime) -> int:
    """Let stopped jobs of an open write session start anew; how many there were."""
    stopped = [work for work in works if work.state == "stopped"]
    for work in stopped:
        _requeue(work, now)
    return len(stopped)


def counts(session: Session, ids: Collection[int] | None = None) -> Counts:
    """How many jobs are in which state, of all or of these."""
    tally = dict.fromkeys(("queued", "running", "done", "stopped"), 0)
    chosen = sorted(ids) if ids is not None else None
    for start in range(0, 1 if chosen is None else len(chosen), 500):  # databases cap the length of a list
        query = select(Work.state, func.count()).group_by(Work.state)
        if chosen is not None:
            query = query.where(Work.id.in_(chosen[start : start + 500]))
        for state, number in session.execute(query):
            if state in tally:
                tally[state] += number
    return Counts(**tally)


def place(session: Session, work: Work) -> int:
    """How many jobs are before this one; 0 when it runs or is next."""
    if work.state != "queued":
        return 0
    before = select(func.count()).where(
        Work.state == "queued",
        or_(Work.lane < work.lane, and_(Work.lane == work.lane, Work.id < work.id)),
    )
    return session.scalar(before) or 0
