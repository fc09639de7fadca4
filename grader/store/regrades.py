"""Regrading as a set: new gradings beside the old ones, shown against them, then applied or dropped as a whole.

begin   -> a set with one member per graded attempt that counts; `grader.jobs` enqueues and grades them
preview -> old against new, and how many are still open
end     -> applied: the new gradings count from now on; dropped: they stay as history and never count
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from sqlalchemy import func, select, update

from grader.errors import ConflictError, StoreError
from grader.judge.records import CheckRecord, Grading
from grader.language import say
from grader.store.acts import must_be_signed
from grader.store.models import Attempt, Failure, GradingRow, Regrade, RegradeEnd, Work
from grader.store.records import Stored

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from grader.language import Message
    from grader.store.store import Store

WORDS = {"applied": say("applied"), "dropped": say("dropped")}


@dataclass(frozen=True, slots=True)
class Change:
    """One attempt, old against new. `new` is None while it runs, and `failure` says why where it failed.

    Points are the machine's alone: overrides and decisions stand beside either. `changed` names the checks whose verdict or
    points differ.
    """

    student: str
    attempt: int
    old: Grading | None
    new: Grading | None
    failure: Message | None
    changed: tuple[str, ...]

    @property
    def difference(self) -> Decimal:
        """Points won (or lost, below 0) by applying the set."""
        return _points(self.new) - _points(self.old) if self.new else Decimal(0)


@dataclass(frozen=True, slots=True)
class Preview:
    """A set as it stands; `done` of `expected` are graded. `state`: open, applied or dropped."""

    number: int
    assignment: str
    by: str
    reason: str
    at: datetime
    state: Literal["open", "applied", "dropped"]
    expected: int
    done: int
    changes: tuple[Change, ...]


def begin(store: Store, *, assignment: str, by: str, reason: str, now: datetime) -> int:
    """Open a set for one exercise; its number. Raises UsageError, and ConflictError when one is open already."""
    must_be_signed(by, reason)
    with store.write() as session:
        ended = select(RegradeEnd.regrade_id)
        there = session.scalar(select(Regrade).where(Regrade.assignment == assignment, Regrade.id.not_in(ended)))
        if there:
            raise ConflictError(
                say(
                    "Regrade {n} of {assignment} by {who} is still open: {reason}",
                    n=there.id,
                    assignment=assignment,
                    who=there.by,
                    reason=there.reason,
                ),
                remedy=say("First: `grader regrade {assignment} --apply`, or `--drop`.", assignment=assignment),
            )
        regrade = Regrade(assignment=assignment, by=by, reason=reason, at=now)
        session.add(regrade)
        session.flush()
        return regrade.id


def preview(store: Store, number: int) -> Preview:
    """The set, old against new. Raises StoreError for an unknown number."""
    with store.read() as session:
        regrade = _known(session, number)
        end = session.scalar(select(RegradeEnd).where(RegradeEnd.regrade_id == number))
        members = session.execute(
            select(Work.attempt_id, Work.state, Attempt.student, Attempt.number)
            .join(Attempt, Attempt.id == Work.attempt_id)
            .where(Work.regrade == number)
            .order_by(Attempt.student, Attempt.number)
        ).all()
        attempts = select(Work.attempt_id).where(Work.regrade == number).scalar_subquery()
        applied = {e.regrade_id: e.at for e in session.scalars(select(RegradeEnd).where(RegradeEnd.kind == "applied"))}
        old: dict[int, tuple[tuple[datetime, int], Grading]] = {}
        new: dict[int, Grading] = {}
        until = end.at if end else None
        for row in session.scalars(
            select(GradingRow).where(GradingRow.attempt_id.in_(attempts)).order_by(GradingRow.id)
        ):
            if row.regrade_id == number:
                new[row.attempt_id] = _grading(row)
                continue
            if row.regrade_id is not None and row.regrade_id not in applied:
                continue
            order = (row.at if row.regrade_id is None else applied[row.regrade_id], row.id)
            is_before = until is None or order[0] <= until
            if is_before and (row.attempt_id not in old or old[row.attempt_id][0] < order):
                old[row.attempt_id] = (order, _grading(row))
        failed = {
            f.attempt_id: f.message
            for f in session.scalars(select(Failure).where(Failure.regrade_id == number).order_by(Failure.id))
        }
    changes = tuple(
        Change(
            student=student,
            attempt=n,
            old=old[attempt][1] if attempt in old else None,
            new=new.get(attempt),
            failure=Stored.of(failed[attempt]) if attempt in failed and attempt not in new else None,
            changed=_changed(old[attempt][1] if attempt in old else None, new.get(attempt)),
        )
        for attempt, _, student, n in members
    )
    return Preview(
        number=number,
        assignment=regrade.assignment,
        by=regrade.by,
        reason=regrade.reason,
        at=regrade.at,
        state=end.kind if end else "open",
        expected=len(members),
        done=sum(change.new is not None for change in changes),
        changes=changes,
    )


def end(
    store: Store,
    number: int,
    kind: Literal["applied", "dropped"],
    *,
    by: str,
    reason: str,
    now: datetime,
    is_partial: bool = False,
) -> None:
    """Apply or drop a set as a whole, once. Applying one with open or failed members needs `is_partial`.

    Raises StoreError, ConflictError when somebody ended it already.
    """
    must_be_signed(by, reason)
    with store.write() as session:
        _known(session, number)
        there = session.scalar(select(RegradeEnd).where(RegradeEnd.regrade_id == number))
        if there:
            raise ConflictError(
                say(
                    "Regrade {n} was {kind} by {who} already, and you wanted {mine}.",
                    n=number,
                    kind=WORDS[there.kind],
                    who=there.by,
                    mine=WORDS[kind],
                )
            )
        query = select(func.count()).select_from(Work).where(Work.regrade == number)
        expected = session.scalar(query) or 0
        done = session.scalar(query.where(Work.state == "done")) or 0
        if kind == "applied" and done < expected and not is_partial:
            raise StoreError(
                say(
                    "Regrade {n} is not complete: {done} of {expected} are graded.",
                    n=number,
                    done=done,
                    expected=expected,
                ),
                remedy=say("Wait, or `grader retry` what failed; or apply what there is with --partial."),
            )
        session.add(RegradeEnd(regrade_id=number, kind=kind, by=by, reason=reason, at=now))
        session.execute(
            update(Work)
            .where(Work.regrade == number, Work.state.in_(["queued", "running", "stopped"]))
            .values(
                state="dropped", claim=None, worker=None, lease_until=None
            )  # what still runs is not written any more
        )


def open_sets(store: Store) -> tuple[int, ...]:
    """Numbers of the sets that were neither applied nor dropped."""
    with store.read() as session:
        return tuple(
            session.scalars(
                select(Regrade.id).where(Regrade.id.not_in(select(RegradeEnd.regrade_id))).order_by(Regrade.id)
            )
        )


def _known(session: Session, number: int) -> Regrade:
    regrade = session.get(Regrade, number)
    if regrade is None:
        raise StoreError(say("There is no regrade {n}.", n=number))
    return regrade


def _grading(row: GradingRow) -> Grading:
    checks = tuple(CheckRecord.from_json(check) for check in row.checks)
    return Grading(row.execution, row.snapshot, row.sandbox, row.python, checks, row.duration_ms)


def _points(grading: Grading | None) -> Decimal:
    return sum((check.points for check in grading.checks), Decimal(0)) if grading else Decimal(0)


def _changed(old: Grading | None, new: Grading | None) -> tuple[str, ...]:
    if new is None:
        return ()
    before = {c.test: (c.verdict, c.points) for c in old.checks} if old else {}
    after = {c.test: (c.verdict, c.points) for c in new.checks}
    return tuple(sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name)))
