"""What a reader is told in words: how it stands, what to do next, how late it was."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from grader.judge.verdicts import Verdict
from grader.language import say
from grader.reports.numbers import day, percent
from grader.reports.text import one_line
from grader.reports.visibility import due_for

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from grader.course.assignment import Assignment
    from grader.course.course import Course
    from grader.language import Language, Message
    from grader.reports.reader import Reader
    from grader.reports.view import CheckView
    from grader.reports.visibility import Seen
    from grader.store.grade import Grade


def headline(grade: Grade, failed: Sequence[CheckView], checks: Sequence[CheckView], language: Language) -> str:
    """One sentence that says how it stands."""
    if grade.status != "graded":
        sentence = {
            "missing": say("There is nothing to grade yet."),
            "infra": say("The grader failed, not you; it will be tried again."),
            "pending": say("Handed in; not graded yet."),
        }[grade.status]
        return sentence.render(language)
    if not grade.attempt:
        return say("The score was set by hand.").render(language)
    done = sum(c.state == "passed" for c in checks)
    if failed:
        first = failed[0]
        text = say(
            "{done} of {all} checks passed. Mend first: {title}. {sentence}",
            done=done,
            all=len(checks),
            title=first.title,
            sentence=first.sentence,
        )
    elif any(c.state == "open" for c in checks):
        text = say("{done} of {all} checks passed; the others are not decided yet.", done=done, all=len(checks))
    else:
        text = say("All {all} checks passed.", all=len(checks))
    return text.render(language)


def next_steps(
    grade: Grade, assignment: Assignment, failed: Sequence[CheckView], shown: Seen, course: Course, reader: Reader
) -> tuple[str, ...]:
    """At most three things to do, the most urgent first; the last says until when it helps."""
    language = reader.language
    steps: list[str] = []
    if grade.status == "missing":
        file = one_line(assignment.submit.file or assignment.submit.answers or "")
        names = ", ".join(one_line(signature.text) for signature in assignment.submit.provides)
        steps.append(say("Push the file {file} to your repository.", file=file).render(language))
        if names:
            steps.append(say("It must provide: {names}", names=names).render(language))
    elif grade.status in {"infra", "pending"}:
        steps.append(say("You need do nothing; the report will change by itself.").render(language))
    for check in (c for c in failed if c.verdict is not Verdict.NOT_RUN):
        steps += [step for step in (check.hint or check.next,) if step and step not in steps]
    if grade.status == "graded" and not steps:
        steps.append(
            (say("Nothing to do.") if shown.is_all else say("Nothing to do before the rest is shown.")).render(language)
        )
    due = due_for(grade, assignment)
    if due and (failed or grade.status == "missing"):
        steps = [*steps[:2], _until(due, course, reader.now).render(language)]
    return tuple(steps[:3])


def _until(due: datetime, course: Course, now: datetime) -> Message:
    """What pushing now still does. A due time holds through its last minute; lateness itself is decided at the receipt."""
    shown = day(due, course.timezone)
    if now < due + timedelta(minutes=1):
        return say("Due {due}; push as often as you like until then.", due=shown)
    closes = course.late.closes_after
    if closes is not None and now >= due + closes + timedelta(minutes=1):
        return say("It was due {due} and is closed now.", due=shown)
    return say("It was due {due}; what is pushed now counts as late.", due=shown)


def late_text(grade: Grade) -> Message | None:
    """How late it was and what that costs; None where there was no due time to miss."""
    late = grade.late
    match late.state:
        case "on_time":
            return say("on time")
        case "unknown":
            return say("not known; no penalty until a teaching assistant decides")
        case "closed":
            return say("{days} day(s) late; the exercise was closed", days=late.days)
        case "extended":
            return say("on time, with your extension")
    parts = say("{days} day(s) late, −{penalty}", days=late.days, penalty=percent(late.penalty))
    if late.slip_days:
        return say("{parts}, {slip} slip day(s) used", parts=parts, slip=late.slip_days)
    return parts
