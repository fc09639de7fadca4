"""Gradescope's results.json of one student and assignment, as its autograder specification describes it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from grader.errors import InfrastructureError
from grader.judge.verdicts import Verdict
from grader.language import say
from grader.reports.numbers import rounded
from grader.reports.student import report
from grader.reports.visibility import concealed

if TYPE_CHECKING:
    from decimal import Decimal

    from grader.course.assignment import Assignment
    from grader.course.course import Course
    from grader.judge.records import Json
    from grader.reports.student import Reader
    from grader.store.grade import Grade


def gradescope(grade: Grade, assignment: Assignment, course: Course, reader: Reader) -> bytes:
    """The file. A test's `status` and `score` are separate. Raises InfrastructureError: our failure is no score to send.

    A check that is hidden here goes there without a name and without evidence, under a visibility that hides it and, with it,
    the total; export again after the release.
    """
    if grade.status in {"infra", "pending"}:
        raise InfrastructureError(say("This has not been graded yet; there is no score to send."))
    view = report(grade, assignment, course, reader)
    hidden = concealed(grade, assignment)
    shown = {check.test: check for check in view.checks}
    tests: list[Json] = []
    for number, record in enumerate(grade.checks, start=1):
        test: dict[str, Json] = {
            "number": str(number),
            "score": _number(record.points),
            "max_score": _number(record.max),
        }
        if record.test in hidden:
            test["name"] = say("Hidden check").render(reader.language)
            test["visibility"] = "after_published" if hidden[record.test] is None else "after_due_date"
        else:
            check = shown[record.test]
            test["name"] = check.title
            if check.state != "open":
                test["status"] = "passed" if record.verdict is Verdict.PASS else "failed"
            test["output"] = "\n".join(filter(None, [check.sentence, check.detail, check.hint or check.next]))
            test["visibility"] = "visible"
        tests.append(test)
    found: dict[str, Json] = {
        "score": _number(grade.score),
        "output": "\n".join([view.headline, *view.next]),
        "output_format": "text",
        "test_output_format": "text",
        "test_name_format": "text",
        "stdout_visibility": "hidden",
        "tests": tests,
        "extra_data": {"commit": grade.commit, "execution": grade.grading.execution if grade.grading else None},
    }
    return (json.dumps(found, ensure_ascii=False, indent=2) + "\n").encode()


def _number(points: Decimal) -> float:
    """The format wants JSON numbers; two decimals print as themselves."""
    return float(rounded(points))
