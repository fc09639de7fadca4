"""All pages of a class as files in one folder, to open, send around or put on a web server.

index.html                  the class page, for staff
STUDENT/index.html          all days of one student
STUDENT/ASSIGNMENT.html     one report, and .md beside it
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.reports.classpage import Files, class_view
from grader.reports.days import days
from grader.reports.links import CLASS, days_path, report_path
from grader.reports.markdown import report_markdown
from grader.reports.render import class_html, days_html, report_html
from grader.reports.student import Material, Reader, previous_checks, report

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from grader.course.assignment import Assignment
    from grader.course.course import Course
    from grader.reports.view import ReportView
    from grader.store.grade import Grade
    from grader.store.records import Facts


def write_report(folder: Path, grade: Grade, view: ReportView, *, back: str = "") -> Path:
    """One report as HTML and Markdown below `folder`; returns the HTML file."""
    path = folder / report_path(grade.student.id, grade.assignment)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(report_html(view, back=back), encoding="utf-8")
    path.with_suffix(".md").write_text(report_markdown(view), encoding="utf-8")
    return path


def write_class(
    folder: Path,
    grades: Sequence[Grade],
    assignments: Mapping[str, Assignment],
    course: Course,
    reader: Reader,
    files: Callable[[Grade], Mapping[str, bytes]],
    facts: Callable[[Grade], Facts],
    handed_out: Mapping[str, Sequence[bytes]],
    scenarios: Mapping[str, str] | None = None,
) -> Path:
    """Every page; returns the class page. Reports are written as a student may see them, the class page as staff does."""
    student = Reader(reader.language, reader.now, "student")
    snapshots = {grade.snapshot: files(grade) for grade in grades if grade.snapshot}
    for grade in grades:
        before, public = previous_checks(facts(grade), grade), (scenarios or {}).get(grade.assignment, "")
        material = Material(snapshots.get(grade.snapshot, {}), before, public)
        view = report(grade, assignments[grade.assignment], course, student, material)
        write_report(folder, grade, view, back="index.html")
    for one in _by_student(grades):
        view_of_days = days(
            [(g, assignments[g.assignment]) for g in one],
            course,
            student,
            lambda name: report_path("x", name).partition("/")[2],
        )
        path = folder / days_path(one[0].student.id)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(days_html(view_of_days), encoding="utf-8")
    page = folder / CLASS
    shown = class_view(grades, list(assignments.values()), course, reader, Files(snapshots, handed_out))
    page.write_text(class_html(shown), encoding="utf-8")
    return page


def _by_student(grades: Iterable[Grade]) -> list[list[Grade]]:
    found: dict[str, list[Grade]] = {}
    for grade in grades:
        found.setdefault(grade.student.id, []).append(grade)
    return [found[student] for student in sorted(found)]
