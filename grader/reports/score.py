"""The score as a sum that a reader can follow, and the bar that draws it."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from grader.judge.verdicts import Verdict
from grader.language import say
from grader.reports import words
from grader.reports.numbers import day, percent, points, signed
from grader.reports.text import one_line
from grader.reports.view import Segment, SumLine

if TYPE_CHECKING:
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
    lines = [SumLine(text(earned), points(shown.earned), text(say("of {max}", max=points(shown.max))))]
    if not shown.is_all:
        lines += [
            SumLine(text(say("Checks shown later")), "?", text(say("of {max}", max=points(later.points))))
            for later in shown.later
        ]
    late = grade.late
    if late.state in {"late", "closed"} and (late.penalty or late.state == "closed"):
        share = percent(late.penalty) if late.state == "late" else "100%"
        reason = text(say("{days} day(s) late: {share} of what the checks earn", days=late.days, share=share))
        lines.append(
            SumLine(text(say("Late")), points(-grade.penalty) if shown.is_all else f"\N{MINUS SIGN}{share}", reason)
        )
    elif late.slip_days:
        lines.append(SumLine(text(say("Late")), "0", text(say("{slip} slip day(s) used", slip=late.slip_days))))
    lines += [
        SumLine(
            text(say("By hand")),
            signed(override.points),
            f"{one_line(override.act.by)}: {one_line(override.act.reason)}",
        )
        for override in grade.overrides
        if override.kind == "adjust"
    ]
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
    lines.append(
        SumLine(text(say("Score")), points(grade.score), text(say("of {max}", max=points(grade.max))), is_result=True)
    )
    return tuple(lines)


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
    open_points = sum((c.max for c in shown.checks if words.is_open(c.verdict) and c.max > 0), ZERO)
    later = sum((later.points for later in shown.later), ZERO)
    whole = shown.max + later
    if whole <= 0:
        return ()
    earned = min(max(shown.earned, ZERO), shown.max)
    parts = (
        ("passed", earned),
        ("failed", max(shown.max - earned - open_points, ZERO)),
        ("open", open_points),
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
