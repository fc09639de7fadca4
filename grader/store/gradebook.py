"""All facts of a class in a constant number of queries, and the grades that follow from them."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeVar, cast

from sqlalchemy import func, select

from grader.judge.records import CheckRecord, Grading
from grader.store import models
from grader.store.facts import current_students
from grader.store.late import beyond_cap
from grader.store.records import (
    Act,
    Attempted,
    Comment,
    Decision,
    Extension,
    Facts,
    Failed,
    Graded,
    Looked,
    Override,
    Received,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlalchemy.orm import Session

    from grader.course.course import Course
    from grader.course.roster import Student

Chosen = TypeVar("Chosen")  # some Select, whatever its columns
Key = tuple[str, str]  # student id, assignment name


class Gradebook:
    """Everything that was read, by student and assignment. `read` does it in one transaction."""

    def __init__(self, students: tuple[Student, ...], facts: Mapping[Key, Facts]) -> None:
        self.students = students
        self.facts = facts
        self.released: dict[str, frozenset[str]] = {}
        self.proved: dict[str, frozenset[str]] = {}


def read(session: Session, *, student: str | None = None) -> Gradebook:
    """The facts of the whole class, or of one student; the number of queries depends on neither."""
    attempts = _attempts(session, student)
    overrides = _by_key(_in_force(session, models.Override, student, "kind", "check"), _override)
    comments = _by_key(_in_force(session, models.Comment, student, "by", "check", "line"), _comment)
    extensions = _by_key(_in_force(session, models.Extension, student), _extension)
    decisions = _decisions(session, student)
    looked = _looked(session, student)
    pinned = {key: max(a[1] for a in some) for key, some in attempts.items()}
    keys = {*attempts, *overrides, *comments, *extensions, *looked}
    facts = {}
    for key in sorted(keys):
        last = looked.get(key)
        if last and key in pinned and last.at <= pinned[key]:
            last = None
        more = extensions.get(key, ())
        facts[key] = Facts(
            attempts=tuple(a[0] for a in attempts.get(key, ())),
            looked=last,
            overrides=tuple(overrides.get(key, ())),
            comments=tuple(comments.get(key, ())),
            extension=more[0] if more else None,
            decisions=tuple(decisions.get(key, ())),
        )
    book = Gradebook(current_students(session), facts)
    book.released = _released(session)
    proved: dict[str, set[str]] = defaultdict(set)
    for assignment, execution in session.execute(select(models.Publication.assignment, models.Publication.execution)):
        proved[assignment].add(execution)
    book.proved = {name: frozenset(some) for name, some in proved.items()}
    return book


def over_cap_now(session: Session, attempt: models.Attempt, course: Course) -> bool:
    """Whether the course's cap of attempts a day leaves this one out."""
    if course.attempts.per_day is None:
        return False
    query = (
        select(models.Attempt.number, func.min(models.Receipt.at))
        .join(models.Pin, models.Pin.attempt_id == models.Attempt.id)
        .join(models.Receipt, models.Receipt.id == models.Pin.receipt_id)
        .where(models.Attempt.student == attempt.student, models.Attempt.assignment == attempt.assignment)
        .group_by(models.Attempt.number)
    )
    received = dict(session.execute(query).all())
    return attempt.number in beyond_cap(received, course.attempts.per_day, course.timezone)


def _mine(query: Chosen, column: Any, student: str | None) -> Chosen:
    return query if student is None else cast("Chosen", cast("Any", query).where(column == student))


def _attempts(session: Session, student: str | None) -> dict[Key, list[tuple[Attempted, datetime]]]:
    gradings, failures, work = _gradings(session, student), _failures(session, student), _work(session, student)
    earlier = (
        select(func.max(models.Visit.at))
        .where(
            models.Visit.student == models.Receipt.student,
            models.Visit.repository == models.Receipt.repository,
            models.Visit.at < models.Receipt.at,
            models.Visit.commit.is_not(None),
        )
        .correlate(models.Receipt)
        .scalar_subquery()
    )
    query = (
        select(models.Attempt, models.Pin, models.Receipt, earlier)
        .join(models.Pin, models.Pin.attempt_id == models.Attempt.id)
        .join(models.Receipt, models.Receipt.id == models.Pin.receipt_id)
        .order_by(models.Attempt.number, models.Receipt.at, models.Receipt.id, models.Pin.id)
    )
    seen: dict[int, list[tuple[models.Attempt, models.Pin, models.Receipt, Any]]] = defaultdict(list)
    for row in session.execute(_mine(query, models.Attempt.student, student)):
        seen[row[0].id].append(row)
    found: dict[Key, list[tuple[Attempted, datetime]]] = defaultdict(list)
    for number, rows in seen.items():
        attempt, _, receipt, before = rows[0]  # the first sight of these files decides about lateness
        pin = max((row[1] for row in rows), key=lambda p: p.id)
        received = Received(
            at=receipt.at,
            how=receipt.how,
            repository=receipt.repository,
            commit=receipt.commit,
            branch=receipt.branch,
            commit_date=receipt.commit_date,
            seen_before=before,
        )
        found[attempt.student, attempt.assignment].append(
            (
                Attempted(
                    number=attempt.number,
                    tree=attempt.tree,
                    snapshot=pin.snapshot,
                    file=pin.file,
                    pin=pin.id,
                    received=received,
                    notices=tuple(pin.notices),
                    gradings=tuple(gradings.get(number, ())),
                    failures=tuple(failures.get(number, ())),
                    work=work.get(number),
                ),
                pin.at,
            )
        )
    return found


def _gradings(session: Session, student: str | None) -> dict[int, list[Graded]]:
    applied = {
        end.regrade_id: end.at
        for end in session.scalars(select(models.RegradeEnd).where(models.RegradeEnd.kind == "applied"))
    }
    row = models.GradingRow
    query = select(
        row.id, row.attempt_id, row.regrade_id, row.at, row.version, row.execution, row.snapshot, row.sandbox, row.python,
        row.checks, row.duration_ms,
    ).join(models.Attempt, models.Attempt.id == row.attempt_id)  # fmt: skip
    found: dict[int, list[Graded]] = defaultdict(list)
    for number, attempt, regrade, at, version, execution, snapshot, sandbox, python, checks, took in session.execute(
        _mine(query, models.Attempt.student, student)
    ):
        if regrade is not None and regrade not in applied:
            continue
        grading = Grading(
            execution=execution,
            snapshot=snapshot,
            sandbox=sandbox,
            python=python,
            checks=tuple(CheckRecord.from_json(check) for check in checks),
            duration_ms=took,
        )
        effective = at if regrade is None else applied[regrade]
        found[attempt].append(
            Graded(order=(effective, number), version=version, at=at, is_regrade=regrade is not None, grading=grading)
        )
    return found


def _failures(session: Session, student: str | None) -> dict[int, list[Failed]]:
    query = (
        select(models.Failure)
        .join(models.Attempt, models.Attempt.id == models.Failure.attempt_id)
        .where(models.Failure.regrade_id.is_(None))
        .order_by(models.Failure.id)
    )
    found: dict[int, list[Failed]] = defaultdict(list)
    for row in session.scalars(_mine(query, models.Attempt.student, student)):
        found[row.attempt_id].append(Failed(kind=row.kind, message=row.message, at=row.at))
    return found


def _work(session: Session, student: str | None) -> dict[int, Any]:
    query = select(models.Work.attempt_id, models.Work.state).where(
        models.Work.regrade == 0, models.Work.state.in_(["queued", "running", "stopped"])
    )
    return dict(session.execute(_mine(query, models.Work.student, student)).all())


def _looked(session: Session, student: str | None) -> dict[Key, Looked]:
    newest = select(func.max(models.Outcome.id)).group_by(models.Outcome.student, models.Outcome.assignment)
    query = select(models.Outcome).where(models.Outcome.id.in_(newest))
    return {
        (row.student, row.assignment): Looked(kind=row.kind, message=row.message, at=row.at, how=row.how)
        for row in session.scalars(_mine(query, models.Outcome.student, student))
    }


def _in_force(session: Session, model: Any, student: str | None, *key: str) -> list[Any]:
    """The newest version of each act; one that was taken back is no act any more."""
    newest: dict[tuple[object, ...], Any] = {}
    for row in session.scalars(_mine(select(model).order_by(model.version), model.student, student)):
        newest[(row.student, row.assignment, *(getattr(row, name) for name in key))] = row
    taken_back = {models.Override: "points", models.Comment: "text", models.Extension: "until"}[model]
    return [
        row for _, row in sorted(newest.items(), key=lambda item: item[0]) if getattr(row, taken_back) not in (None, "")
    ]


def _by_key(rows: Iterable[Any], make: Any) -> dict[Key, list[Any]]:
    found: dict[Key, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.student, row.assignment].append(make(row))
    return found


def _act(row: models.Signed) -> Act:
    return Act(by=row.by, at=row.at, reason=row.reason)


def _override(row: models.Override) -> Override:
    points = row.points if row.points is not None else Decimal(0)
    return Override(
        kind=row.kind, check=row.check, points=points, version=row.version, attempt=row.attempt, act=_act(row)
    )


def _comment(row: models.Comment) -> Comment:
    return Comment(
        check=row.check, line=row.line, text=row.text, version=row.version, attempt=row.attempt, act=_act(row)
    )


def _extension(row: models.Extension) -> Extension:
    return Extension(until=row.until or datetime.max.replace(tzinfo=UTC), version=row.version, act=_act(row))


def _decisions(session: Session, student: str | None) -> dict[Key, list[Decision]]:
    query = (
        select(models.Decision, models.Attempt)
        .join(models.Attempt, models.Attempt.id == models.Decision.attempt_id)
        .order_by(models.Decision.version)
    )
    newest: dict[tuple[int, str, str], tuple[models.Decision, models.Attempt]] = {}
    for row, attempt in session.execute(_mine(query, models.Attempt.student, student)):
        newest[attempt.id, row.kind, row.check] = (row, attempt)
    found: dict[Key, list[Decision]] = defaultdict(list)
    for (_, _, check), (row, attempt) in sorted(newest.items(), key=lambda item: item[0]):
        if row.value != "withdrawn":
            found[attempt.student, attempt.assignment].append(
                Decision(
                    kind=row.kind,
                    attempt=attempt.number,
                    check=check,
                    value=row.value,
                    points=row.points,
                    moment=row.moment,
                    version=row.version,
                    act=_act(row),
                )
            )
    return found


def _released(session: Session) -> dict[str, frozenset[str]]:
    """Per assignment the checks released ("" for all); the newest word about each holds."""
    newest: dict[Key, bool] = {}
    for row in session.scalars(select(models.Release).order_by(models.Release.id)):
        newest[row.assignment, row.check] = row.is_released
    found: dict[str, set[str]] = defaultdict(set)
    for (assignment, check), is_released in newest.items():
        if is_released:
            found[assignment].add(check)
    return {name: frozenset(some) for name, some in found.items()}
