"""The current grade: a pure function of all facts, the assignment as it is now, and the time of reading.

    raw    = points of the checks, after overrides and decisions on single checks
    score  = raw - penalty + adjustment, or the total somebody set; clamped once to 0..max, never rounded here

Titles, points, visibility, due times and lateness are the assignment's and the course's of today: moving a due date
changes the grade without running anything. Verdicts and evidence are the grading's.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from grader.course.lateness import deduction
from grader.judge.records import CheckRecord
from grader.judge.verdicts import MEANINGS, Verdict
from grader.language import Message, say
from grader.store.late import NOT_LATE, beyond_cap, due_for
from grader.store.notices import notices
from grader.store.records import Stored

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from grader.course.assignment import Assignment
    from grader.course.checks import Check
    from grader.course.lateness import Late
    from grader.course.roster import Student
    from grader.judge.records import Grading
    from grader.store.records import Attempted, Comment, Decision, Extension, Facts, Override

ZERO = Decimal(0)
Status = Literal["graded", "missing", "infra", "pending"]


@dataclass(frozen=True, slots=True)
class AttemptSummary:
    """One line of a student's history; `raw` is None while nothing was graded."""

    number: int
    commit: str
    tree: str
    received_at: datetime
    raw: Decimal | None
    counts: bool


@dataclass(frozen=True, slots=True)
class Grade:
    """What one student has for one assignment now.

    `status` graded: by the judge, or by a person who set the total (or adjusted the nothing of somebody missing); `attempt` is 0
    when only a person did. Pending: handed in, not graded yet; commit and receipt are then the latest attempt's. `raw - penalty + adjustment`, or `total` where a person set it, is the score
    before it is clamped to 0..max. `checks` are after overrides and decisions and follow the assignment's order; those
    named in `hidden` are not for students' eyes yet. `attempt` is the number of the one that counts, 0 if none does.
    """

    student: Student
    assignment: str
    status: Status
    commit: str | None
    commit_date: datetime | None
    received_at: datetime | None
    raw: Decimal
    penalty: Decimal
    adjustment: Decimal
    total: Decimal | None
    score: Decimal
    max: Decimal
    late: Late
    checks: tuple[CheckRecord, ...]
    grading: Grading | None
    attempt: int
    file: str
    snapshot: str
    attempts: tuple[AttemptSummary, ...]
    overrides: tuple[Override, ...]
    comments: tuple[Comment, ...]
    extensions: tuple[Extension, ...]
    decisions: tuple[Decision, ...]
    notices: tuple[Message, ...]
    problem: Message | None
    hidden: frozenset[str]
    is_released: bool
    is_proved: bool

    @property
    def is_final(self) -> bool:
        """Nobody has to do anything before this score stands."""
        return self.status == "graded" and all(MEANINGS[c.verdict].is_final for c in self.checks)

    @property
    def counted(self) -> Decimal | None:
        """The score where there is one; None is not 0."""
        return self.score if self.status == "graded" else None


@dataclass(frozen=True, slots=True)
class Rules:
    """What today's course and assignment say. `execution` gives today's execution digest for a Python version."""

    assignment: Assignment
    due: datetime | None
    zone: ZoneInfo
    counts: Literal["latest", "best"] = "latest"
    per_day: int | None = None
    execution: Callable[[str], str] | None = None
    proved: frozenset[str] = frozenset()  # execution digests
    released: frozenset[str] = frozenset()  # names of checks, "" for all


@dataclass(frozen=True, slots=True)
class Counting:
    """Which attempt counts, why others do not, and what each earned."""

    chosen: Attempted | None
    raws: Mapping[int, Decimal]  # attempt number -> raw
    over_cap: frozenset[int]
    closed: frozenset[int]


def count(facts: Facts, rules: Rules, lateness: Callable[[Attempted], Late]) -> Counting:
    """The attempt that counts: the latest or the best of those in time and within the day's cap.

    An attempt without a grading (waiting, or failed) never hides an older one that has one. `lateness` is without slip days.
    """
    late = {a.number: lateness(a) for a in facts.attempts}
    closed = frozenset(n for n, each in late.items() if each.state == "closed")
    over: frozenset[int] = frozenset()
    if rules.per_day is not None:
        over = beyond_cap({a.number: a.received.at for a in facts.attempts}, rules.per_day, rules.zone)
    raws = {a.number: sum((c.points for c in checks_of(a, facts, rules)), ZERO) for a in facts.attempts if a.gradings}
    graded = [a for a in facts.attempts if a.gradings and a.number not in over]
    pool = [a for a in graded if a.number not in closed] or graded
    if not pool:
        return Counting(None, raws, over, closed)
    if rules.counts == "best":
        earned = {a.number: raws[a.number] * (1 - late[a.number].penalty) for a in pool}
        chosen = max(pool, key=lambda a: (earned[a.number], -a.number))
    else:
        chosen = max(pool, key=lambda a: a.pin)
    return Counting(chosen, raws, over, closed)


def checks_of(attempt: Attempted, facts: Facts, rules: Rules) -> tuple[CheckRecord, ...]:
    """Today's checks in today's order: the judge's verdicts, what people decided about this attempt, points as of today."""
    records = {c.test: c for c in attempt.last.grading.checks}
    decided = {d.check: d for d in facts.decisions if d.kind == "check" and d.attempt == attempt.number}
    overridden = {o.check: o for o in facts.overrides if o.kind == "set" and o.check}
    return tuple(
        _after(check, records.get(check.name), decided.get(check.name), overridden.get(check.name))
        for check in rules.assignment.checks
    )


def _after(
    check: Check, record: CheckRecord | None, decision: Decision | None, override: Override | None
) -> CheckRecord:
    if record is None:
        message = say("This check is newer than the grading; a regrade will run it.")
        record = CheckRecord(check.name, Verdict.PENDING, ZERO, check.points, message.both())
    points = record.points
    if not MEANINGS[record.verdict].is_final:
        points = ZERO
    elif check.points < 0:  # a penalty: lost unless the check passes
        points = ZERO if record.verdict is Verdict.PASS else check.points
    elif record.verdict is Verdict.PASS and record.points == record.max:
        points = check.points  # full marks stay full marks when the points change; a part stays what the test awarded
    record = replace(record, points=points, max=max(check.points, ZERO))
    if decision:
        accepted = decision.value == "accept"
        given = decision.points if decision.points is not None else _whole(check, passed=accepted)
        record = replace(
            record,
            verdict=Verdict.PASS if accepted else Verdict.FAIL,
            points=given,
            evidence={**record.evidence, "decided": {"by": decision.act.by, "reason": decision.act.reason}},
        )
    if override:
        verdict = record.verdict
        if not MEANINGS[verdict].is_final:
            verdict = Verdict.PASS if override.points > 0 else Verdict.FAIL
        was = {"by": override.act.by, "reason": override.act.reason, "points": str(record.points)}
        record = replace(
            record, verdict=verdict, points=override.points, evidence={**record.evidence, "overridden": was}
        )
    return record


def _whole(check: Check, *, passed: bool) -> Decimal:
    """What the check earns when it passes, or does not, without any part."""
    return max(check.points, ZERO) if passed else min(check.points, ZERO)


def current(student: Student, facts: Facts, rules: Rules, counting: Counting, late: Late, now: datetime) -> Grade:
    """The grade at `now`; `late` is the counted attempt's, slip days included."""
    chosen = counting.chosen
    checks = checks_of(chosen, facts, rules) if chosen else ()
    graded = chosen.last if chosen else None
    raw = sum((c.points for c in checks), ZERO)
    late = late if chosen else NOT_LATE
    penalty = deduction(late, raw)
    adjustment = next((o.points for o in facts.overrides if o.kind == "adjust"), ZERO)
    total = next((o.points for o in facts.overrides if o.kind == "set" and not o.check), None)
    highest = rules.assignment.max_points
    status, problem = _status(facts, counting)
    if total is not None or (status == "missing" and any(o.kind == "adjust" for o in facts.overrides)):
        status = "graded"  # by a person, for work that no repository shows; the problem still says what is not there
    hidden = _hidden(facts, rules, now)
    shown = chosen or max(facts.attempts, key=lambda a: a.pin, default=None)
    received = shown.received if shown else None
    is_proved = bool(graded and graded.grading.execution in rules.proved)
    return Grade(
        student=student,
        assignment=rules.assignment.name,
        status=status,
        commit=received.commit if received else None,
        commit_date=received.commit_date if received else None,
        received_at=received.at if received else None,
        raw=raw,
        penalty=penalty,
        adjustment=adjustment,
        total=total,
        score=min(max(raw - penalty + adjustment if total is None else total, ZERO), highest),
        max=highest,
        late=late,
        checks=checks,
        grading=graded.grading if graded else None,
        attempt=chosen.number if chosen else 0,
        file=chosen.file if chosen else "",
        snapshot=chosen.snapshot if chosen else "",
        attempts=tuple(
            AttemptSummary(
                number=a.number,
                commit=a.received.commit,
                tree=a.tree,
                received_at=a.received.at,
                raw=counting.raws.get(a.number),
                counts=a is chosen,
            )
            for a in sorted(facts.attempts, key=lambda a: a.number)
        ),
        overrides=facts.overrides,
        comments=facts.comments,
        extensions=(facts.extension,) if facts.extension else (),
        decisions=facts.decisions,
        notices=tuple(notices(facts, rules, counting, late, is_proved=is_proved)),
        problem=problem,
        hidden=hidden,
        is_released=not hidden,
        is_proved=is_proved,
    )


def _status(facts: Facts, counting: Counting) -> tuple[Status, Message | None]:
    if counting.chosen:
        return "graded", None
    attempts = [a for a in facts.attempts if a.number not in counting.over_cap]
    if attempts:
        latest = max(attempts, key=lambda a: a.pin)
        if latest.failures and latest.work != "running":
            return "infra", Stored.of(max(latest.failures, key=lambda f: f.at).message)
        return "pending", say("Handed in; the grading has not finished yet.")
    if facts.looked:
        return facts.looked.kind, Stored.of(facts.looked.message)
    return "missing", say("Nobody has looked into this repository for this exercise yet.")


def _hidden(facts: Facts, rules: Rules, now: datetime) -> frozenset[str]:
    due = due_for(rules.due, facts.extension)
    released = rules.released
    return frozenset(
        check.name
        for check in rules.assignment.checks
        if not ({"", check.name} & released)
        and (check.visibility == "hidden" or (check.visibility == "after_due" and (due is None or now <= due)))
    )
