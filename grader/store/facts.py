"""What machines saw, appended: class lists, receipts, attempts, and looks that gave nothing to grade."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from grader.course.roster import Student
from grader.store.models import Attempt, Outcome, Pin, Receipt, Roster, RosterStudent, Visit

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime
    from typing import Any, Literal

    from sqlalchemy.orm import Session

    from grader.language import Message
    from grader.store.store import Store

    How = Literal["collect", "batch", "submit", "grade"]

ANONYMOUS = "url:"  # prefix of the id of whoever hands in a URL without saying who: shown as no student at all


def anonymous(url: str) -> Student:
    """Who hands in `url` without a student id."""
    return Student(id=ANONYMOUS + url, name="", repository=url)


@dataclass(frozen=True, slots=True)
class Sight:
    """One commit of one student's repository, as intake saw it. `repository` is the address as shown, without secrets."""

    student: str
    repository: str
    commit: str
    branch: str
    commit_date: datetime | None
    at: datetime
    how: How


def apply_roster(store: Store, students: Sequence[Student], *, by: str, reason: str, now: datetime) -> bool:
    """Make `students` the class list; False when it already is. Earlier versions stay."""
    with store.write() as session:
        if current_students(session) == tuple(sorted(students, key=lambda s: s.id)):
            return False
        roster = Roster(by=by, reason=reason, at=now)
        session.add(roster)
        session.flush()
        session.add_all(
            RosterStudent(
                roster_id=roster.id,
                student=s.id,
                name=s.name,
                group=s.group,
                repository=s.repository,
                branch=s.branch,
                folder=s.folder,
            )
            for s in students
        )
        return True


def current_students(session: Session) -> tuple[Student, ...]:
    """The class list as last applied, sorted by id."""
    newest = select(func.max(Roster.id)).scalar_subquery()
    rows = session.scalars(select(RosterStudent).where(RosterStudent.roster_id == newest))
    students = (
        Student(id=r.student, name=r.name, group=r.group, repository=r.repository, branch=r.branch, folder=r.folder)
        for r in rows
    )
    return tuple(sorted(students, key=lambda s: s.id))


def record_visit(
    session: Session, *, student: str, repository: str, commit: str | None, at: datetime, how: How
) -> None:
    """We looked at a repository; `commit` None: it could not be read."""
    session.add(Visit(student=student, repository=repository, commit=commit, at=at, how=how))


def record_receipt(session: Session, sight: Sight) -> Receipt:
    """The first time our clock saw this commit; an earlier receipt stands, whatever is pushed or looked at later."""
    record_visit(
        session, student=sight.student, repository=sight.repository, commit=sight.commit, at=sight.at, how=sight.how
    )
    known = session.scalar(
        select(Receipt).where(
            Receipt.student == sight.student, Receipt.repository == sight.repository, Receipt.commit == sight.commit
        )
    )
    if known:
        return known
    receipt = Receipt(
        student=sight.student,
        repository=sight.repository,
        commit=sight.commit,
        branch=sight.branch,
        commit_date=sight.commit_date,
        at=sight.at,
        how=sight.how,
    )
    session.add(receipt)
    session.flush()
    return receipt


def record_attempt(
    session: Session,
    receipt: Receipt,
    *,
    assignment: str,
    tree: str,
    snapshot: str,
    file: str,
    notices: Iterable[Message],
    at: datetime,
) -> Attempt:
    """The attempt these files are; a new one only when this student never had this tree for this assignment."""
    mine = select(Attempt).where(Attempt.student == receipt.student, Attempt.assignment == assignment)
    attempt = session.scalar(mine.where(Attempt.tree == tree))
    if attempt is None:
        last = session.scalar(
            select(func.max(Attempt.number)).where(Attempt.student == receipt.student, Attempt.assignment == assignment)
        )
        attempt = Attempt(student=receipt.student, assignment=assignment, tree=tree, number=(last or 0) + 1, at=at)
        session.add(attempt)
        session.flush()
    newest = session.scalar(
        select(Pin)
        .join(Attempt, Attempt.id == Pin.attempt_id)
        .where(Attempt.student == receipt.student, Attempt.assignment == assignment)
        .order_by(Pin.id.desc())
        .limit(1)
    )
    if newest is None or (newest.attempt_id, newest.receipt_id, newest.snapshot) != (attempt.id, receipt.id, snapshot):
        shown: list[Any] = [notice.both() for notice in notices]
        session.add(
            Pin(attempt_id=attempt.id, receipt_id=receipt.id, snapshot=snapshot, file=file, notices=shown, at=at)
        )
        session.flush()
    return attempt


def record_outcome(
    session: Session,
    *,
    student: str,
    assignment: str,
    kind: Literal["missing", "infra"],
    message: Message,
    at: datetime,
    how: How,
) -> None:
    """A look that gave nothing to grade. It never hides an attempt."""
    session.add(Outcome(student=student, assignment=assignment, kind=kind, message=message.both(), at=at, how=how))
