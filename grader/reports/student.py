"""The report of one student and one assignment, from a grade to what its reader sees."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.course.checks import TestFunction
from grader.judge.verdicts import Verdict
from grader.language import say
from grader.reports import words
from grader.reports.advice import headline, late_text, next_steps
from grader.reports.checks import check_view, comment_views
from grader.reports.evidence import Sources
from grader.reports.numbers import clock, points
from grader.reports.reader import Material, Reader
from grader.reports.score import bar, bar_text, later_texts, sum_lines
from grader.reports.text import one_line, visible
from grader.reports.view import AttemptView, ReportView, Row
from grader.reports.visibility import due_for, seen

if TYPE_CHECKING:
    from collections.abc import Iterable

    from grader.course.assignment import Assignment
    from grader.course.course import Course
    from grader.judge.records import CheckRecord
    from grader.language import Language
    from grader.reports.visibility import Seen
    from grader.store.grade import Grade
    from grader.store.records import Facts

__all__ = ["Material", "Reader", "previous_checks", "report", "student_id"]


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
        check_view(
            record,
            assignment,
            shown.comments,
            sources,
            language,
            changes.get(record.test, ""),
            course,
            material.scenarios,
        )
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
        headline=headline(grade, failed, checks, language),
        next=next_steps(grade, assignment, failed, shown, course, reader),
        problem=visible(grade.problem.render(language)) if grade.problem else "",
        sum=sum_lines(grade, shown, language) if is_graded else (),
        rows=_rows(grade, assignment, course, language),
        notices=tuple(visible(notice.render(language)) for notice in grade.notices),
        failed=tuple(failed),
        open=tuple(c for c in checks if c.state == "open"),
        passed=tuple(c for c in checks if c.state == "passed"),
        fixed=tuple(c.title for c in checks if changes.get(c.test) == "fixed"),
        broken=tuple(c.title for c in checks if changes.get(c.test) == "broken"),
        comments=comment_views((c for c in shown.comments if not c.check), sources, grade.file, course),
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
    explored = any("looked" in check.evidence or "explored" in check.evidence for check in grade.checks)
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
