"""What people do about grades: each with a name, a reason and a time; nothing is overwritten."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Literal

from grader.errors import UsageError
from grader.judge.verdicts import MEANINGS
from grader.language import say
from grader.reports.numbers import points as shown_points
from grader.store import acts as store_acts

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

    from grader.verbs.context import Context, How, Signed


def _known(c: Context, student: str, name: str) -> None:
    """Refuses what does not exist before anything is written."""
    c.workspace.course.due(name)
    c.workspace.students(ids=[student])


def _shown(c: Context, student: str, name: str) -> None:
    """The grade as it stands now."""
    c.workspace.tick()
    students, _ = c.workspace.students(ids=[student])
    (grade,) = c.workspace.grades([name], students)
    c.screen.say(
        say(
            "{student} {assignment}: {score} of {max}.",
            student=student,
            assignment=name,
            score=shown_points(grade.score),
            max=shown_points(grade.max),
        )
    )


def _check(c: Context, name: str, check: str) -> None:
    if check and c.workspace.assignment(name).check(check) is None:
        names = ", ".join(one.name for one in c.workspace.assignment(name).checks)
        raise UsageError(
            say("{assignment} has no check {check}.", assignment=name, check=check),
            remedy=say("There are: {names}.", names=names),
        )


def override(
    c: Context, student: str, name: str, points: Decimal | None, signed: Signed, check: str, *, adjust: bool
) -> None:
    _known(c, student, name)
    _check(c, name, check)
    kind: Literal["set", "adjust"] = "adjust" if adjust else "set"
    store_acts.override(
        c.workspace.store,
        student=student,
        assignment=name,
        points=points,
        by=signed.by,
        reason=signed.reason,
        now=c.workspace.now,
        check=check,
        kind=kind,
    )
    _shown(c, student, name)


def decide(
    c: Context,
    student: str,
    name: str,
    value: Literal["on_time", "late", "accept", "reject", "withdrawn"],
    signed: Signed,
    check: str,
    points: Decimal | None,
) -> None:
    _known(c, student, name)
    _check(c, name, check)
    store_acts.decide(
        c.workspace.store,
        student=student,
        assignment=name,
        value=value,
        by=signed.by,
        reason=signed.reason,
        now=c.workspace.now,
        check=check,
        points=points,
    )
    _shown(c, student, name)


def extend(c: Context, student: str, name: str, until: str, signed: Signed) -> None:
    """`until` is a time in the course's zone, 2026-12-03 23:59, or `none`."""
    _known(c, student, name)
    moment = None
    if until != "none":
        try:
            moment = datetime.fromisoformat(until)
        except ValueError:
            raise UsageError(
                say("`{text}` is no time.", text=until), remedy=say("Write it like 2026-12-03 23:59, or none.")
            ) from None
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=c.workspace.course.timezone)
    store_acts.extend(
        c.workspace.store,
        student=student,
        assignment=name,
        until=moment,
        by=signed.by,
        reason=signed.reason,
        now=c.workspace.now,
    )
    _shown(c, student, name)


def comment(c: Context, student: str, name: str, text: str, by: str, check: str, line: int) -> None:
    _known(c, student, name)
    _check(c, name, check)
    store_acts.comment(
        c.workspace.store,
        student=student,
        assignment=name,
        text=text,
        by=by,
        now=c.workspace.now,
        check=check,
        line=line,
    )
    _shown(c, student, name)


def release(c: Context, name: str, signed: Signed, check: str, *, hide: bool) -> None:
    c.workspace.course.due(name)
    _check(c, name, check)
    store_acts.release(
        c.workspace.store,
        assignment=name,
        by=signed.by,
        reason=signed.reason,
        now=c.workspace.now,
        check=check,
        is_released=not hide,
    )
    c.screen.say(
        say("{assignment}: students see these checks no longer.", assignment=name)
        if hide
        else say("{assignment}: students see these checks now.", assignment=name)
    )


def review(c: Context, names: Sequence[str]) -> None:
    """Everything that waits for a person: checks that are not final, unknown lateness, jobs that stopped."""
    rows = []
    for grade in c.workspace.grades(c.workspace.names(names)):
        who = (grade.student.id, grade.student.name, grade.assignment)
        if grade.late.state == "unknown":
            rows.append((*who, "", "late: unknown"))
        rows += [
            (*who, check.test, check.verdict.value) for check in grade.checks if not MEANINGS[check.verdict].is_final
        ]
        if grade.status == "infra":
            rows.append((*who, "", "infra"))
    if c.screen.is_json:
        for student, _, name, test, what in rows:
            c.screen.json({"student": student, "assignment": name, "check": test or None, "waits_for": what})
    elif rows:
        c.screen.table([say("student"), say("name"), say("exercise"), say("check"), say("waits for")], rows)
    else:
        c.screen.say(say("Nothing waits for a person."))


def retry(c: Context, names: Sequence[str], signed: Signed, how: How) -> int:
    raise NotImplementedError


def regrade(c: Context, name: str, students: Sequence[str], what: str, signed: Signed, how: How) -> int:
    raise NotImplementedError
