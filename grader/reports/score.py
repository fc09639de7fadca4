"""The score as a sum that a reader can follow, and the bar that draws it."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from grader.judge.verdicts import Verdict
from grader.language import say
from grader.reports import words
from grader.reports.numbers import day, percent, points, rounded, signed, unrounded
from grader.reports.text import one_line
from grader.reports.view import Segment, SumLine

if TYPE_CHECKING:
    from collections.abc import Iterator

    from grader.course.course import Course
    from grader.judge.records import CheckRecord
    from grader.language import Language, Message
    from grader.reports.visibility import Seen
    from grader.reports.words import State
    from grader.store.grade import Grade

ZERO = Decimal(0)


def state_of(record: CheckRecord) -> State:
    """What a reader calls it. Verdict and points are separate: passed with part of the points is "in part"."""
    if words.is_open(record.verdict):
        return "open"
    if record.verdict is Verdict.PASS:
        return "passed" if record.points >= record.max or record.max <= 0 else "partly"
    return "partly" if record.points > 0 else "failed"


def label_of(record: CheckRecord) -> Message:
    """The word on its badge."""
    return say("in part") if state_of(record) == "partly" else words.LABELS[record.verdict]


def sum_lines(grade: Grade, shown: Seen, language: Language) -> tuple[SumLine, ...]:
    """The lines add up to the last one. While checks are hidden there is no total, only what is visible and what comes."""

    def text(message: Message) -> str:
        return message.render(language)

    earned = say("Checks") if shown.is_all else say("Visible checks")
    lines = [SumLine(text(earned), unrounded(shown.earned), text(say("of {max}", max=points(shown.max))))]
    if not shown.is_all:
        lines += [
            SumLine(text(say("Checks shown later")), "?", text(say("of {max}", max=points(later.points))))
            for later in shown.later
        ]
    lines += [*_late(grade, language, is_all=shown.is_all), *_adjusted(grade, language)]
    if not shown.is_all:
        lines.append(SumLine(text(say("Total")), "?", text(say("shown when all checks are")), is_result=True))
        return tuple(lines)
    before = grade.raw - grade.penalty + grade.adjustment
    if grade.total is not None:
        by = next((o.act for o in grade.overrides if o.kind == "set" and not o.check), None)
        who = f"{one_line(by.by)}: {one_line(by.reason)}" if by else ""
        lines.append(SumLine(text(say("Total set by hand")), signed(grade.total - before), who))
        before = grade.total
    if before < ZERO:
        lines.append(SumLine(text(say("Not below 0")), signed(grade.score - before)))
    elif before > grade.max:
        lines.append(SumLine(text(say("Not above {max}", max=points(grade.max))), signed(grade.score - before)))
    of = say("of {max}", max=points(grade.max))
    if rounded(grade.score) != grade.score:
        of = say("of {max}, rounded from {score}", max=points(grade.max), score=unrounded(grade.score))
    lines.append(SumLine(text(say("Score")), points(grade.score), text(of), is_result=True))
    return tuple(lines)


def _late(grade: Grade, language: Language, *, is_all: bool) -> Iterator[SumLine]:
    """What lateness takes: in points, or as a share while the points it is taken from are not all shown."""
    late = grade.late
    label = say("Late").render(language)
    if late.state == "closed":
        share, reason = "100%", say("{days} day(s) late; the exercise was closed", days=late.days)
    elif late.penalty:
        share = percent(late.penalty)
        reason = say("{days} day(s) late: {share} of what the checks earn", days=late.days, share=share)
        if late.slip_days:
            reason = say("{parts}, {slip} slip day(s) used", parts=reason, slip=late.slip_days)
    elif late.slip_days:
        yield SumLine(label, "0", say("{slip} slip day(s) used", slip=late.slip_days).render(language))
        return
    else:
        return
    value = unrounded(-grade.penalty) if is_all else f"\N{MINUS SIGN}{share}"
    yield SumLine(label, value, reason.render(language))


def _adjusted(grade: Grade, language: Language) -> Iterator[SumLine]:
    for override in grade.overrides:
        if override.kind == "adjust":
            why = f"{one_line(override.act.by)}: {one_line(override.act.reason)}"
            yield SumLine(say("By hand").render(language), signed(override.points), why)


def later_texts(shown: Seen, course: Course, language: Language) -> tuple[str, ...]:
    """`4 points are judged after DATE`, once for each date."""
    texts = []
    for later in shown.later:
        if later.until is None:
            message = say(
                "{n} points are judged but not shown until your teacher releases them.", n=points(later.points)
            )
        else:
            message = say(
                "{n} points are judged after {date}.", n=points(later.points), date=day(later.until, course.timezone)
            )
        texts.append(message.render(language))
    return tuple(texts)


def bar(shown: Seen) -> tuple[Segment, ...]:
    """Points earned, open, not earned and still hidden, as parts of 1000."""
    open_points = sum((max(c.max - c.points, ZERO) for c in shown.checks if words.is_open(c.verdict)), ZERO)
    later = sum((later.points for later in shown.later), ZERO)
    whole = shown.max + later
    if whole <= 0:
        return ()
    earned = min(max(shown.earned, ZERO), shown.max)
    parts = (
        ("passed", earned),
        ("failed", max(shown.max - earned - open_points, ZERO)),
        ("open", min(open_points, shown.max - earned)),
        ("later", later),
    )
    segments, start = [], 0
    for state, part in parts:
        width = int(part * 1000 / whole)
        if width:
            segments.append(Segment(state, start, width))  # type: ignore[arg-type]
            start += width
    return tuple(segments)


def bar_text(shown: Seen, language: Language) -> str:
    """What the bar says, in words."""
    done = sum(state_of(c) == "passed" for c in shown.checks)
    parts = [say("{done} of {all} checks passed", done=done, all=len(shown.checks)).render(language)]
    waiting = sum(words.is_open(c.verdict) for c in shown.checks)
    if waiting:
        parts.append(say("{n} not decided", n=waiting).render(language))
    return ", ".join(parts)
