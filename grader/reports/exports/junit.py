"""JUnit XML: a suite for each student and assignment, a case for each check a reader may see."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from junitparser import Error, Failure, JUnitXml, Skipped, TestCase, TestSuite

from grader.judge.verdicts import Verdict
from grader.language import say
from grader.reports.student import report

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from grader.course.assignment import Assignment
    from grader.course.course import Course
    from grader.reports.student import Reader
    from grader.reports.view import CheckView
    from grader.store.grade import Grade


def junit(grades: Iterable[Grade], assignments: Mapping[str, Assignment], course: Course, reader: Reader) -> bytes:
    """UTF-8 XML. Every text has passed `visible`: no character is in it that XML forbids. What was not graded is one error."""
    document = JUnitXml()
    for grade in grades:
        view = report(grade, assignments[grade.assignment], course, reader)
        suite = TestSuite(f"{view.assignment} {view.student}".strip())
        for check in view.checks:
            suite.add_testcase(_case(check, f"{view.assignment}.{view.student or '-'}"))
        if grade.status != "graded":
            case = TestCase(
                say("handed in").render(reader.language), classname=f"{view.assignment}.{view.student or '-'}"
            )
            text = view.problem or view.headline
            case.result = [Failure(text, "missing") if grade.status == "missing" else Error(text, grade.status)]
            suite.add_testcase(case)
        document.add_testsuite(suite)
    document.update_statistics()  # type: ignore[no-untyped-call]
    out = io.BytesIO()
    document.write(out)
    return out.getvalue()


def _case(check: CheckView, name: str) -> TestCase:
    case = TestCase(check.title, classname=name)
    if check.state in {"failed", "partly"}:
        kind = Error if check.verdict is Verdict.ERROR else Failure
        result = kind(f"{check.label}, {check.points}", check.verdict.value)
        result.text = "\n".join(
            filter(
                None,
                [
                    check.sentence,
                    check.detail,
                    check.hint,
                    check.evidence.exception,
                    *(f"{f.label}: {f.text.head}" for f in check.evidence.facts),
                ],
            )
        )
        case.result = [result]
    elif check.state == "open":
        case.result = [Skipped(check.sentence, check.verdict.value)]
    return case
