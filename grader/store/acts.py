"""What people decide, each with a name and a reason. Nothing is changed: a new version of the same act is appended.

`expected` is the version the person saw (0: none yet). When somebody else was first, ConflictError names both values
and nothing is written. None skips the comparison.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import select

from grader.errors import ConflictError, StoreError, UsageError
from grader.language import say
from grader.store.models import Attempt, Comment, Decision, Event, Extension, Override, Pin, Publication, Release

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from decimal import Decimal

    from sqlalchemy.orm import Session

    from grader.language import Message
    from grader.store.store import Store


def override(
    store: Store,
    *,
    student: str,
    assignment: str,
    points: Decimal | None,
    by: str,
    reason: str,
    now: datetime,
    check: str = "",
    kind: Literal["set", "adjust"] = "set",
    expected: int | None = None,
) -> int:
    """Set a check's points, the total (check ""), or with `adjust` add to the total; None takes it back.

    Returns the version written. Raises ConflictError, UsageError.
    """
    must_be_signed(by, reason)
    if points is not None and not points.is_finite():
        raise UsageError(say("Points are a finite number."))
    if kind == "adjust" and check:
        raise UsageError(say("Only the total can be adjusted; set the points of a single check instead."))
    with store.write() as session:
        version = _next(
            session,
            Override,
            {"student": student, "assignment": assignment, "kind": kind, "check": check},
            "points",
            expected,
            points,
        )
        session.add(
            Override(
                student=student,
                assignment=assignment,
                kind=kind,
                check=check,
                version=version,
                attempt=latest_attempt(session, student, assignment),
                points=points,
                by=by,
                reason=reason,
                at=now,
            )
        )
        return version


def comment(
    store: Store,
    *,
    student: str,
    assignment: str,
    text: str,
    by: str,
    now: datetime,
    check: str = "",
    line: int = 0,
    expected: int | None = None,
) -> int:
    """A remark about the whole, a check, or a line; "" takes one's own remark back. Returns the version written."""
    must_be_signed(by, "-")
    with store.write() as session:
        key = {"student": student, "assignment": assignment, "by": by, "check": check, "line": line}
        version = _next(session, Comment, key, "text", expected, text)
        session.add(
            Comment(
                **key,
                version=version,
                attempt=latest_attempt(session, student, assignment),
                text=text,
                reason="",
                at=now,
            )
        )
        return version


def extend(
    store: Store,
    *,
    student: str,
    assignment: str,
    until: datetime | None,
    by: str,
    reason: str,
    now: datetime,
    expected: int | None = None,
) -> int:
    """A later due time for one student; None takes it back. Returns the version written."""
    must_be_signed(by, reason)
    with store.write() as session:
        key = {"student": student, "assignment": assignment}
        version = _next(session, Extension, key, "until", expected, until)
        session.add(Extension(**key, version=version, until=until, by=by, reason=reason, at=now))
        return version


def decide(
    store: Store,
    *,
    student: str,
    assignment: str,
    value: Literal["on_time", "late", "accept", "reject", "withdrawn"],
    by: str,
    reason: str,
    now: datetime,
    check: str = "",
    points: Decimal | None = None,
    moment: datetime | None = None,
    attempt: int | None = None,
    expected: int | None = None,
) -> int:
    """About an attempt (the latest if not said): its lateness (check ""), or a check that waits for a person.

    `accept` earns the check's points if none are said, `reject` none; `late` counts from `moment`, else from the receipt. Returns the version written.
    """
    must_be_signed(by, reason)
    if value != "withdrawn" and (value in ("on_time", "late")) == bool(check):
        raise UsageError(
            say("Say on_time or late about an attempt, accept or reject about a check."),
            remedy=say("Name the check for accept and reject; name none for on_time and late."),
        )
    with store.write() as session:
        number = attempt if attempt is not None else latest_attempt(session, student, assignment)
        row = session.scalar(
            select(Attempt).where(
                Attempt.student == student, Attempt.assignment == assignment, Attempt.number == number
            )
        )
        if row is None and not number:
            raise StoreError(
                say("{student} has handed in nothing for {assignment}.", student=student, assignment=assignment),
                remedy=say("To give points without an attempt, set the total: grader override."),
            )
        if row is None:
            raise StoreError(
                say("{student} has no attempt {n} for {assignment}.", student=student, n=number, assignment=assignment)
            )
        key = {"attempt_id": row.id, "kind": "check" if check else "lateness", "check": check}
        version = _next(session, Decision, key, "value", expected, value)
        session.add(
            Decision(**key, version=version, value=value, points=points, moment=moment, by=by, reason=reason, at=now)
        )
        return version


def release(
    store: Store, *, assignment: str, by: str, reason: str, now: datetime, check: str = "", is_released: bool = True
) -> None:
    """Show an assignment's hidden checks to students (one, or all), or hide them again."""
    must_be_signed(by, reason)
    with store.write() as session:
        session.add(Release(assignment=assignment, check=check, is_released=is_released, by=by, reason=reason, at=now))


def publish(
    store: Store, *, assignment: str, execution: str, version: str, by: str, reason: str, now: datetime
) -> None:
    """`check` proved this execution digest; saying so twice is said once."""
    must_be_signed(by, reason)
    with store.write() as session:
        same = select(Publication.id).where(Publication.assignment == assignment, Publication.execution == execution)
        if session.scalar(same) is None:
            session.add(
                Publication(assignment=assignment, execution=execution, version=version, by=by, reason=reason, at=now)
            )


def note_event(session: Session, *, kind: str, about: str, by: str, reason: str, now: datetime) -> None:
    """Write down what somebody did that has no table of its own. Raises UsageError without a name or reason."""
    must_be_signed(by, reason)
    session.add(Event(kind=kind, about=about, by=by, reason=reason, at=now))


def latest_attempt(session: Session, student: str, assignment: str) -> int:
    """Number of the attempt seen last; 0 if there is none."""
    query = (
        select(Attempt.number)
        .join(Pin, Pin.attempt_id == Attempt.id)
        .where(Attempt.student == student, Attempt.assignment == assignment)
        .order_by(Pin.id.desc())
        .limit(1)
    )
    return session.scalar(query) or 0


def must_be_signed(by: str, reason: str) -> None:
    """Every human act has a name and a reason. Raises UsageError."""
    if not by.strip() or not reason.strip():
        raise UsageError(
            say("This needs a name and a reason."), remedy=say("Say who you are with --as NAME and why with --reason.")
        )


def _next(
    session: Session,
    model: Any,
    key: Mapping[str, object],
    field: str,
    expected: int | None,
    mine: object,
) -> int:
    """The next version of an act. Raises ConflictError when the last one is not the one that was seen."""
    last = session.scalar(select(model).filter_by(**key).order_by(model.version.desc()).limit(1))
    there = last.version if last else 0
    seen = 0 if last and getattr(last, field) in (None, "", "withdrawn") else there  # what was taken back is not shown
    if expected is not None and expected not in (there, seen):
        raise ConflictError(
            say(
                "{who} changed this first: it is {theirs} now, and you wanted {mine}.",
                who=last.by if last else "-",
                theirs=_shown(getattr(last, field, None)),
                mine=_shown(mine),
            ),
            remedy=say("Look at the new value and decide again."),
        )
    return there + 1


def _shown(value: object) -> str | Message:
    return say("nothing") if value in (None, "") else str(value)
