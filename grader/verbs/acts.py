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
from grader.reports.numbers import clock
from grader.reports.numbers import points as shown_points
from grader.store import acts as store_acts
from grader.store import regrades

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grader.store.grade import Grade
    from grader.verbs.context import Context, How, Signed


def _known(c: Context, student: str, name: str) -> None:
    """Refuses what does not exist before anything is written."""
    c.workspace.course.due(name)
    c.workspace.students(ids=[student])


def _meant(c: Context, student: str, name: str) -> tuple[Grade, ...]:
    """Who is meant: a student, `@GROUP` or `@all`."""
    c.workspace.course.due(name)
    if not student.startswith("@"):
        students, _ = c.workspace.students(ids=[student])
    else:
        students, _ = c.workspace.students(group=None if student == "@all" else student[1:])
    return c.workspace.grades([name], students)


def _grade(c: Context, student: str, name: str) -> Grade:
    students, _ = c.workspace.students(ids=[student])
    (grade,) = c.workspace.grades([name], students)
    return grade


def _shown(c: Context, student: str, name: str) -> None:
    """The grade as it stands now."""
    c.workspace.tick()
    grade = _grade(c, student, name)
    c.screen.say(
        say(
            "{student} {assignment}: {score} of {max}.",
            student=student,
            assignment=name,
            score=shown_points(grade.score),
            max=shown_points(grade.max),
        )
    )
    if grade.total is not None and grade.adjustment:
        c.screen.say(say("The total was set by hand; the adjustment counts when that is taken back."))


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
    """About one student; for a group or the class, about all of whom it is not decided yet."""
    _check(c, name, check)
    is_many = student.startswith("@")
    wanted = [grade.student.id for grade in _meant(c, student, name) if not is_many or _waits(grade, check)]
    for one in wanted:
        store_acts.decide(
            c.workspace.store,
            student=one,
            assignment=name,
            value=value,
            by=signed.by,
            reason=signed.reason,
            now=c.workspace.now,
            check=check,
            points=points,
        )
        _shown(c, one, name)
    if not wanted:
        c.screen.say(say("There is nothing to do."))


def _waits(grade: Grade, check: str) -> bool:
    """Whether a person has to decide about the check, or about the lateness."""
    if not check:
        return grade.late.state == "unknown"
    return any(record.test == check and not MEANINGS[record.verdict].is_final for record in grade.checks)


def extend(c: Context, student: str, name: str, until: str, signed: Signed) -> None:
    """For one student, a group or the class; `until` is a time in the course's zone, 2026-12-03 23:59, or `none`."""
    meant = _meant(c, student, name)
    due, moment = c.workspace.course.due(name), None
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
    if moment and (due is None or moment < due):
        raise UsageError(
            say("That is no extension: {name} is due {due}.", name=name, due=clock(due, c.workspace.course.timezone))
            if due
            else say("{name} has no due time.", name=name)
        )
    for grade in meant:
        store_acts.extend(
            c.workspace.store,
            student=grade.student.id,
            assignment=name,
            until=moment,
            by=signed.by,
            reason=signed.reason,
            now=c.workspace.now,
        )
        _shown(c, grade.student.id, name)


def comment(c: Context, student: str, name: str, text: str, by: str, check: str, line: int) -> None:
    _known(c, student, name)
    _check(c, name, check)
    grade = _grade(c, student, name)
    lines = c.workspace.files(grade).get(grade.file, b"").count(b"\n") + 1
    if line < 0 or (line and line > lines):
        raise UsageError(say("{file} has {n} lines.", file=grade.file or "-", n=lines if grade.file else 0))
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
    for grade in c.workspace.grades(c.names(names)):
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
        for name in c.names(names)
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
    if number is not None and students:
        raise UsageError(
            say("Regrade {n} of {assignment} is open; its students are chosen.", n=number, assignment=name),
            remedy=say("End it first, with --apply or --drop."),
        )
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
