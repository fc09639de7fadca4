"""What people do about grades: each with a name, a reason and a time; nothing is overwritten."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from grader.containers import choose
from grader.errors import UsageError
from grader.jobs import verbs as jobs
from grader.judge.verdicts import MEANINGS
from grader.language import say
from grader.reports.numbers import points as shown_points
from grader.store import acts as store_acts
from grader.store import regrades

if TYPE_CHECKING:
    from collections.abc import Sequence

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
    if points is not None and points.is_finite() and not adjust:
        a = c.workspace.assignment(name)
        found = a.check(check) if check else None
        low, high = (
            (min(found.points, Decimal(0)), max(found.points, Decimal(0))) if found else (Decimal(0), a.max_points)
        )
        if not low <= points <= high:
            raise UsageError(
                say(
                    "{points} is not between {low} and {high}.",
                    points=shown_points(points),
                    low=shown_points(low),
                    high=shown_points(high),
                ),
                remedy=say("Add to the total with --adjust."),
            )
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
            if len(until) <= len("2026-12-03"):
                raise ValueError  # a date alone would be the beginning of that day, which nobody means
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
        late = say("late or not: grader decide STUDENT EXERCISE on_time, or late").render(c.screen.language)
        shown = [(*row[:-1], late if row[-1] == "late: unknown" else row[-1]) for row in rows]
        c.screen.table([say("student"), say("name"), say("exercise"), say("check"), say("waits for")], shown)
    else:
        c.screen.say(say("Nothing waits for a person."))


def retry(c: Context, names: Sequence[str], signed: Signed, how: How) -> int:
    """Lets jobs that stopped start anew, and works them off; 3 when something still waits."""
    w = c.workspace
    ids = tuple(
        job
        for name in w.names(names)
        for job in jobs.retry(w.store, by=signed.by, reason=signed.reason, assignment=name)
    )
    return _work_off(c, ids, how)


def _work_off(c: Context, ids: Sequence[int], how: How) -> int:
    if not ids:
        c.screen.say(say("There is nothing to do."))
        return 0
    w = c.workspace
    backend = choose(how.sandbox)
    with c.screen.progress(say("Grading")) as bar:
        counts = jobs.work_off(
            w.store, w.settings.home, backend.name, ids=ids, workers=how.pool,
            progress=lambda found: bar.update(bar.task_ids[0], completed=found.done, total=found.expected),
        )  # fmt: skip
    c.screen.say(say("{done} of {expected} are graded.", done=counts.done, expected=counts.expected))
    return 0 if counts.done == counts.expected else 3


def regrade(
    c: Context,
    name: str,
    students: Sequence[str],
    what: Literal["preview", "apply", "drop"],
    signed: Signed,
    how: How,
    *,
    is_partial: bool,
) -> int:
    """Preview: opens a set (or goes on with the open one), grades it beside what counts, shows old against new. Then apply or drop, as a whole."""
    w = c.workspace
    w.course.due(name)
    number = next((n for n in regrades.open_sets(w.store) if regrades.preview(w.store, n).assignment == name), None)
    if what != "preview":
        if number is None:
            raise UsageError(
                say("No regrade of {assignment} is open.", assignment=name),
                remedy=say("Start one: grader regrade {assignment} --as NAME --reason WHY", assignment=name),
            )
        show_regrade(
            c,
            jobs.finish_regrade(
                w.store, number, apply=what == "apply", by=signed.by, reason=signed.reason, is_partial=is_partial
            ),
        )
        return 0
    if number is None:
        chosen = w.students(ids=students)[0] if students else None
        number, ids = jobs.regrade(
            w.course,
            name,
            store=w.store,
            home=w.settings.home,
            python=choose(how.sandbox).python(),
            by=signed.by,
            reason=signed.reason,
            students=chosen,
        )
    else:
        ids = jobs.jobs_of(w.store, number)
    status = _work_off(c, ids, how)
    show_regrade(c, regrades.preview(w.store, number))
    return status


def show_regrade(c: Context, found: regrades.Preview) -> None:
    """Old against new; what stays the same is only counted."""
    rows = []
    for change in found.changes:
        old, new = (
            sum((check.points for check in g.checks), Decimal(0)) if g else None for g in (change.old, change.new)
        )
        texts = tuple(shown_points(value) if value is not None else "-" for value in (old, new))
        if c.screen.is_json:
            c.screen.json(
                {
                    "regrade": found.number,
                    "state": found.state,
                    "student": change.student,
                    "attempt": change.attempt,
                    "old": str(old),
                    "new": str(new),
                    "changed": list(change.changed),
                }
            )
        elif change.changed or change.failure:
            rows.append(
                [
                    change.student,
                    str(change.attempt),
                    *texts,
                    ", ".join(change.changed) or (change.failure.render(c.screen.language) if change.failure else ""),
                ]
            )
    if c.screen.is_json:
        return
    if rows:
        c.screen.table([say("student"), say("attempt"), say("old"), say("new"), say("check")], rows)
    c.screen.say(
        say(
            "Regrade {n} of {assignment}: {changed} of {expected} change; {state}.",
            n=found.number,
            assignment=found.assignment,
            changed=len(rows),
            expected=found.expected,
            state=STATES[found.state],
        )
    )
    if found.state == "open":
        c.screen.say(say("Then: grader regrade {assignment} --apply, or --drop.", assignment=found.assignment))


STATES = {"open": say("open"), "applied": say("applied"), "dropped": say("dropped")}
