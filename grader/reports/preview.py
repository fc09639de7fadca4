"""What students will read of an exercise: the statement, what is checked for how many points, the starter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.language import say
from grader.reports.numbers import clock, points
from grader.reports.render import page
from grader.reports.statement import statement_html

if TYPE_CHECKING:
    from grader.course.assignment import Assignment
    from grader.course.course import Course
    from grader.language import Language


def preview_html(assignment: Assignment, course: Course, starter: str, language: Language) -> str:
    """One HTML page. Checks that students do not see at once are only counted."""
    visible = [check for check in assignment.checks if check.visibility == "visible"]
    hidden = [check for check in assignment.checks if check.visibility != "visible"]
    due = course.due(assignment.name)
    return page(
        "preview.html.j2",
        language,
        course=course.title.render(language),
        title=assignment.title.render(language),
        statement=statement_html(assignment.statement.render(language)),
        due=clock(due, course.timezone) if due else "",
        file=assignment.submit.file or assignment.submit.answers or "",
        provides=[one.text for one in assignment.submit.provides],
        prelude=assignment.prelude,
        checks=[
            (check.title.render(language) if check.title else check.name, points(check.points)) for check in visible
        ],
        hidden=say(
            "{n} more checks for {points} points are shown later.",
            n=len(hidden),
            points=points(sum((c.points for c in hidden), start=assignment.max_points * 0)),
        ).render(language)
        if hidden
        else "",
        starter=starter,
    )
