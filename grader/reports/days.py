"""All days of one student on one page."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from grader.language import say
from grader.reports.advice import late_text
from grader.reports.numbers import day, points
from grader.reports.student import Material, report, student_id
from grader.reports.text import one_line, visible
from grader.reports.view import DaysView, DayView
from grader.reports.visibility import due_for, seen

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from grader.course.assignment import Assignment
    from grader.course.course import Course
    from grader.reports.student import Reader
    from grader.reports.words import State
    from grader.store.grade import Grade

STATUS = {
    "graded": say("graded"),
    "missing": say("missing"),
    "infra": say("grader failed"),
    "pending": say("waiting"),
}

STATES = {"passed": say("passed"), "failed": say("to mend"), "open": say("not decided")}


def days(
    grades: Sequence[tuple[Grade, Assignment]], course: Course, reader: Reader, href: Callable[[str], str]
) -> DaysView:
    """`grades` of one student, in the order to show; `href` gives the link to an assignment's report ("" for none)."""
    language = reader.language
    views = []
    total, whole, is_all = Decimal(0), Decimal(0), True
    for grade, assignment in grades:
        view = report(grade, assignment, course, reader, Material())
        shown = seen(grade, assignment, reader.now, reader.audience)
        is_all = is_all and shown.is_all
        whole += grade.max if shown.is_all else shown.max
        if grade.status == "graded":
            total += grade.score if shown.is_all else shown.earned
        due = due_for(grade, assignment)
        late = late_text(grade) if grade.status == "graded" and due else None
        state: State = "open"
        if grade.status == "graded":
            state = "failed" if view.failed else ("open" if view.open else "passed")
        elif grade.status == "missing":
            state = "failed"
        views.append(
            DayView(
                assignment=assignment.name,
                title=view.title,
                day=str(assignment.day) if assignment.day is not None else "",
                due=day(due, course.timezone) if due else "",
                status=(STATES[state] if grade.status == "graded" else STATUS[grade.status]).render(language),
                state=state,
                points=f"{view.points} / {view.out_of}" if grade.status == "graded" else "–",
                later=view.later if grade.status == "graded" else (),
                headline=view.headline,
                late=late.render(language) if late else "",
                href=href(assignment.name),
                bar=view.bar if grade.status == "graded" else (),
                bar_text=view.bar_text,
            )
        )
    student = grades[0][0].student
    note = (
        say("of {max} points", max=points(whole))
        if is_all
        else say("of {max} points shown so far; more is judged later", max=points(whole))
    )
    return DaysView(
        language=language,
        course=visible(course.title.render(language)),
        student=student_id(grades[0][0]),
        name=one_line(student.name),
        group=one_line(student.group),
        total=points(total),
        total_note=note.render(language),
        days=tuple(views),
    )
