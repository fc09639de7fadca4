"""What a student may see of checks that are hidden. The filter is here, on data; whatever it takes out reaches no template."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from grader.course.assignment import Assignment
    from grader.judge.records import CheckRecord, Json
    from grader.store.grade import Grade
    from grader.store.records import Comment

Audience = Literal["student", "staff"]

# Keys of evidence a student may read. Anything else (an answer key, a term list, what is added one day) stays inside.
STUDENT_EVIDENCE = frozenset(
    {
        *("case", "call", "got", "assertion", "why", "traceback", "exception", "output", "events", "cycle", "tasks"),
        *("asked", "explored", "looked", "kind", "label", "schedule", "steps", "earlier", "races", "value"),
        *("left", "runs", "real", "seed", "answer", "decided", "overridden", "task", "notice", "unsupported"),
    }
)
AFTERWARDS = frozenset({"expected_choice", "terms"})  # from the due time on, with every check in the open


@dataclass(frozen=True, slots=True)
class Later:
    """Points that are judged but not shown yet; `until` None: until a teacher releases them."""

    points: Decimal
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Seen:
    """The part of a grade one reader may see: its checks, what they earned, and of how many points."""

    checks: tuple[CheckRecord, ...]
    comments: tuple[Comment, ...]
    later: tuple[Later, ...]
    earned: Decimal
    max: Decimal

    @property
    def is_all(self) -> bool:
        return not self.later


def due_for(grade: Grade, assignment: Assignment) -> datetime | None:
    """When this student's work is due: an extension moves it."""
    return grade.extensions[-1].until if grade.extensions else assignment.due


def concealed(grade: Grade, assignment: Assignment) -> Mapping[str, datetime | None]:
    """Names of checks this student may not see -> when they appear (None: when a teacher releases them).

    A check whose `needs` holds a hidden one is hidden with it: "not run" would tell how the hidden one went.
    """
    due = due_for(grade, assignment)
    hidden = {
        check.name: due if check.visibility == "after_due" else None
        for check in assignment.checks
        if check.name in grade.hidden
    }
    changed = bool(hidden)
    while changed:
        changed = False
        for check in assignment.checks:
            if check.name not in hidden and (causes := [hidden[need] for need in check.needs if need in hidden]):
                dates = [cause for cause in causes if cause is not None]
                hidden[check.name] = max(dates) if len(dates) == len(causes) else None
                changed = True
    return hidden


def seen(grade: Grade, assignment: Assignment, now: datetime, audience: Audience) -> Seen:
    """Checks with the evidence this reader may see, and the points that come later."""
    if audience == "staff":
        return _seen(grade.checks, grade.comments, ())
    by_hand = grade.status == "graded" and not grade.attempt  # nothing was judged: there is nothing to hide
    hidden = {} if by_hand else concealed(grade, assignment)
    due = due_for(grade, assignment)
    is_over = not hidden and (due is None or now > due)
    keys = STUDENT_EVIDENCE | AFTERWARDS if is_over else STUDENT_EVIDENCE
    sums: dict[datetime | None, Decimal] = {}
    for check in assignment.checks:
        if check.name in hidden:
            sums[hidden[check.name]] = sums.get(hidden[check.name], Decimal(0)) + max(check.points, Decimal(0))
    later = (
        Later(points, until) for until, points in sorted(sums.items(), key=lambda item: (item[0] is None, str(item[0])))
    )
    shown = {check.name for check in assignment.checks} - set(hidden)
    comments = (comment for comment in grade.comments if not comment.check or comment.check in shown)
    return _seen((_cut(c, keys) for c in grade.checks if c.test in shown), comments, later)


def _seen(checks: Iterable[CheckRecord], comments: Iterable[Comment], later: Iterable[Later]) -> Seen:
    kept = tuple(checks)
    return Seen(
        checks=kept,
        comments=tuple(comments),
        later=tuple(later),
        earned=sum((c.points for c in kept), Decimal(0)),
        max=sum((c.max for c in kept if c.max > 0), Decimal(0)),
    )


def _cut(record: CheckRecord, keys: frozenset[str]) -> CheckRecord:
    evidence: dict[str, Json] = {key: value for key, value in record.evidence.items() if key in keys}
    return replace(record, evidence=evidence)
