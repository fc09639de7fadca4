"""The report of one student and one assignment, from a grade to what its reader sees."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from grader.course.checks import Manual, TestFunction
from grader.course.quiz import Quiz
from grader.judge.verdicts import MEANINGS, Actor, Verdict
from grader.language import say
from grader.reports import words
from grader.reports.evidence import Sources, evidence
from grader.reports.numbers import clock, day, percent, points
from grader.reports.score import bar, bar_text, label_of, later_texts, state_of, sum_lines
from grader.reports.text import one_line, visible
from grader.reports.view import AttemptView, CheckView, CommentView, ReportView, Row
from grader.reports.visibility import due_for, seen

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from grader.course.assignment import Assignment
    from grader.course.course import Course
    from grader.judge.records import CheckRecord
    from grader.language import Language, Message
    from grader.reports.visibility import Audience, Seen
    from grader.store.grade import Grade
    from grader.store.records import Comment, Facts


@dataclass(frozen=True, slots=True)
class Material:
    """What a report shows beside the grade: the graded files, and the checks of the attempt before (None: there was none)."""

    files: Mapping[str, bytes] = field(default_factory=dict)
    previous: tuple[CheckRecord, ...] | None = None


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads, in which language, when (decides only whether an answer key may be shown)."""

    language: Language
    now: datetime
    audience: Audience = "student"


def previous_checks(facts: Facts, grade: Grade) -> tuple[CheckRecord, ...] | None:
    """The checks of the last graded attempt before the one that counts."""
    before = [a for a in facts.attempts if a.number < grade.attempt and a.gradings]
    if not before:
        return None
    return max(max(before, key=lambda a: a.number).gradings, key=lambda g: g.order).grading.checks


def report(
    grade: Grade, assignment: Assignment, course: Course, reader: Reader, material: Material | None = None
) -> ReportView:
    """What `reader` sees of one grade."""
    material = material or Material()
    language = reader.language
    shown = seen(grade, assignment, reader.now, reader.audience)
    changes = _changes(shown.checks, material.previous)
    sources = Sources(material.files, course.encoding)
    checks = tuple(
        _check(record, assignment, shown.comments, sources, language, changes.get(record.test, ""), course)
        for record in shown.checks
    )
    order = {verdict: place for place, verdict in enumerate(words.ORDER)}
    failed = sorted((c for c in checks if c.state in {"failed", "partly"}), key=lambda c: order[c.verdict])
    is_graded = grade.status == "graded"
    total = grade.score if shown.is_all else shown.earned
    return ReportView(
        language=language,
        course=visible(course.title.render(language)),
        assignment=assignment.name,
        title=visible(assignment.title.render(language)),
        student=student_id(grade),
        name=one_line(grade.student.name),
        group=one_line(grade.student.group),
        status=grade.status,
        points=points(total) if is_graded else "–",
        out_of=points(grade.max if shown.is_all else shown.max),
        unit=(say("points") if shown.is_all else say("visible points")).render(language),
        later=later_texts(shown, course, language),
        bar=bar(shown),
        bar_text=bar_text(shown, language),
        commit=one_line(grade.commit or "")[:10],
        received=clock(grade.received_at, course.timezone) if grade.received_at else "",
        headline=_headline(grade, failed, checks, language),
        next=_next(grade, assignment, failed, shown, course, reader),
        problem=visible(grade.problem.render(language)) if grade.problem else "",
        sum=sum_lines(grade, shown, language) if is_graded else (),
        rows=_rows(grade, assignment, course, language),
        notices=tuple(visible(notice.render(language)) for notice in grade.notices),
        failed=tuple(failed),
        open=tuple(c for c in checks if c.state == "open"),
        passed=tuple(c for c in checks if c.state == "passed"),
        fixed=tuple(c.title for c in checks if changes.get(c.test) == "fixed"),
        broken=tuple(c.title for c in checks if changes.get(c.test) == "broken"),
        comments=_comments((c for c in shown.comments if not c.check), sources, grade.file, course),
        attempts=_attempts(grade, shown, course),
        footer=_footer(grade, assignment, language),
    )


def student_id(grade: Grade) -> str:
    """The id to show; "" for a URL handed in without one."""
    from grader.store.facts import ANONYMOUS  # noqa: PLC0415 - the store's libraries only where a store was read

    return "" if grade.student.id.startswith(ANONYMOUS) else one_line(grade.student.id)


def _changes(checks: Iterable[CheckRecord], previous: tuple[CheckRecord, ...] | None) -> dict[str, str]:
    """Check name -> fixed, broken."""
    before = {record.test: record.verdict for record in previous or ()}
    changes = {}
    for record in checks:
        old = before.get(record.test)
        if old is None or words.is_open(old) or words.is_open(record.verdict):
            continue
        if (old is Verdict.PASS) != (record.verdict is Verdict.PASS):
            changes[record.test] = "fixed" if record.verdict is Verdict.PASS else "broken"
    return changes


ASKED = 60  # characters of a question that stand for its title

CHANGES: dict[str, Message] = {
    "fixed": say("fixed since the attempt before"),
    "broken": say("passed in the attempt before"),
}


def _check(
    record: CheckRecord,
    assignment: Assignment,
    comments: Iterable[Comment],
    sources: Sources,
    language: Language,
    change: str,
    course: Course,
) -> CheckView:
    check = assignment.check(record.test)
    state = state_of(record)
    meaning = MEANINGS[record.verdict]
    is_part = record.verdict is Verdict.PASS and state == "partly"
    sentence = (say("Part of what this check asks for was shown.") if is_part else meaning.sentence).render(language)
    detail = visible(record.message.get(language) or record.message.get("en") or "")
    main_file = assignment.submit.file.rsplit("/", 1)[-1] if assignment.submit.file else ""
    remarks = tuple(_by_hand(record, language))
    found = evidence(record, sources, language, main_file, remarks)
    wants_hint = state != "passed" and record.verdict is not Verdict.NOT_RUN
    hint = visible(check.hint.render(language)) if check and check.hint and wants_hint else ""
    acts = meaning.actor not in {Actor.NOBODY, Actor.STUDENT}
    return CheckView(
        test=one_line(record.test),
        title=title_of(record.test, assignment, language),
        verdict=record.verdict,
        state=state,
        sign=words.SIGNS[state],
        label=label_of(record).render(language),
        points=f"{points(record.points)} / {points(record.max)}",
        sentence=sentence,
        detail="" if detail == meaning.sentence.render(language) else detail,
        hint=hint,
        next=""
        if state == "passed" or hint
        else words.NEXT[Verdict.FAIL if is_part else record.verdict].render(language),
        actor=words.ACTORS[meaning.actor].render(language) if acts else "",
        change=CHANGES[change].render(language) if change else "",
        is_real=record.evidence.get("real") is True,
        evidence=found,
        comments=_comments((c for c in comments if c.check == record.test), sources, main_file, course),
    )


def title_of(test: str, assignment: Assignment, language: Language) -> str:
    """A check's title, else the question it asks, else its name made readable: `test_one_client` as "one client"."""
    check = assignment.check(test)
    if check and check.title:
        return one_line(check.title.render(language))
    if check and isinstance(check.kind, Quiz | Manual):
        ask = one_line(check.kind.ask.render(language).strip().split("\n")[0])
        return f"{one_line(test)}: {ask if len(ask) <= ASKED else ask[:ASKED] + '…'}"
    return one_line(test.removeprefix("test_").replace("_", " "))


def _by_hand(record: CheckRecord, language: Language) -> Iterable[str]:
    decided, overridden = record.evidence.get("decided"), record.evidence.get("overridden")
    if isinstance(decided, dict):
        values = {key: one_line(str(decided.get(key, ""))) for key in ("by", "reason")}
        yield say("Decided by {by}: {reason}", **values).render(language)
    if isinstance(overridden, dict):
        values = {key: one_line(str(overridden.get(key, ""))) for key in ("by", "reason", "points")}
        yield say("Points set by {by} (before: {points}): {reason}", **values).render(language)


def _comments(comments: Iterable[Comment], sources: Sources, file: str, course: Course) -> tuple[CommentView, ...]:
    return tuple(
        CommentView(
            text=visible(comment.text),
            by=one_line(comment.act.by),
            at=clock(comment.act.at, course.timezone),
            line=comment.line,
            code=sources.line(file, comment.line) if comment.line else "",
        )
        for comment in comments
    )


def _headline(grade: Grade, failed: Sequence[CheckView], checks: Sequence[CheckView], language: Language) -> str:
    """One sentence that says how it stands."""
    if grade.status != "graded":
        sentence = {
            "missing": say("There is nothing to grade yet."),
            "infra": say("The grader failed, not you; it will be tried again."),
            "pending": say("Handed in; not graded yet."),
        }[grade.status]
        return sentence.render(language)
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


def _next(
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


def _rows(grade: Grade, assignment: Assignment, course: Course, language: Language) -> tuple[Row, ...]:
    rows = []
    if grade.commit:
        rows.append(Row(say("Commit").render(language), one_line(grade.commit), is_code=True))
    if grade.file:
        rows.append(Row(say("File").render(language), one_line(grade.file), is_code=True))
    if grade.received_at:
        rows.append(Row(say("Received").render(language), clock(grade.received_at, course.timezone)))
    if grade.commit_date:
        label = say("Commit date (set by the student's computer)")
        rows.append(Row(label.render(language), clock(grade.commit_date, course.timezone)))
    due = due_for(grade, assignment)
    if due:
        label = say("Due, with your extension") if grade.extensions else say("Due")
        rows.append(Row(label.render(language), clock(due, course.timezone)))
    if grade.status == "graded" and (late := late_text(grade)):
        rows.append(Row(say("Lateness").render(language), late.render(language)))
    return tuple(rows)


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


def _attempts(grade: Grade, shown: Seen, course: Course) -> tuple[AttemptView, ...]:
    """The history; its points only when no hidden check is in them."""
    return tuple(
        AttemptView(
            number=attempt.number,
            commit=one_line(attempt.commit)[:10],
            received=clock(attempt.received_at, course.timezone),
            points=points(attempt.raw) if attempt.raw is not None and shown.is_all else "",
            counts=attempt.counts,
        )
        for attempt in grade.attempts
    )


def _footer(grade: Grade, assignment: Assignment, language: Language) -> tuple[str, ...]:
    if not grade.grading:
        return ()
    lines = [
        say("Passed means: it held in every run that was made. It is no proof that nothing can go wrong.").render(
            language
        )
    ]
    explored = any("schedules" in check.evidence for check in grade.checks)  # what the scheduler will leave behind
    if not explored and any(isinstance(check.kind, TestFunction) for check in assignment.checks):
        lines.append(
            say("Real runs, not explored: the bad order of events was forced where that was possible.").render(language)
        )
    grading = grade.grading
    lines.append(
        say(
            "Version {version} · {sandbox} · Python {python}",
            version=grading.execution[:12],
            sandbox=one_line(grading.sandbox),
            python=one_line(grading.python),
        ).render(language)
    )
    return tuple(lines)
