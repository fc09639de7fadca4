"""The JSON object of one grade, schema 1: documented in docs/json.md, described by grade.schema.json, and stable."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from grader.judge.records import CheckRecord, Json
from grader.judge.verdicts import MEANINGS, Verdict
from grader.reports.numbers import exact
from grader.reports.student import student_id
from grader.reports.visibility import concealed, seen

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grader.course.assignment import Assignment
    from grader.reports.student import Reader
    from grader.store.grade import Grade

NEVER = datetime.min.replace(tzinfo=UTC)
SCHEMA = Path(__file__).parent / "grade.schema.json"


def schema() -> dict[str, Json]:
    """The JSON Schema that every object of `grade_json` satisfies."""
    loaded: dict[str, Json] = json.loads(SCHEMA.read_text(encoding="utf-8"))
    return loaded


def grade_json(grade: Grade, assignment: Assignment, reader: Reader | None = None) -> dict[str, Json]:
    """One grade as plain values, for staff or as `reader` sees it; points are exact decimal strings.

    For a student, hidden checks are left out, `score`, `raw` and `max` are those of the checks shown, and `later` says what
    is still to come.
    """
    audience = reader.audience if reader else "staff"
    shown = seen(grade, assignment, reader.now if reader else NEVER, audience)
    status = "infra" if grade.status == "pending" else grade.status
    is_whole = audience == "staff" or shown.is_all
    late, grading = grade.late, grade.grading
    is_judged = grade.status == "graded" and grade.attempt > 0
    checks = shown.checks if is_judged else _nothing(grade, assignment, status)
    if audience == "student" and not is_judged:
        hidden = concealed(grade, assignment)
        checks = [check for check in checks if check.test not in hidden]
    found: dict[str, Json] = {
        "schema": 1,
        "status": status,
        "assignment": grade.assignment,
        "student": student_id(grade) or None,
        "commit": grade.commit,
        "received_at": grade.received_at.astimezone(UTC).isoformat(timespec="seconds") if grade.received_at else None,
        "score": exact(grade.score if is_whole else shown.earned),
        "raw": exact(grade.raw if is_whole else shown.earned),
        "max": exact(grade.max if is_whole else sum((c.max for c in checks if c.max > 0), Decimal(0))),
        "late": {
            "state": late.state,
            "minutes": late.minutes,
            "days": late.days,
            "penalty": exact(late.penalty),
            "slip_days": late.slip_days,
        },
        "checks": [{**check.to_json(), "points": exact(check.points), "max": exact(check.max)} for check in checks],
        "execution": grading.execution if grading else None,
        "sandbox": grading.sandbox if grading else None,
        "python": grading.python if grading else None,
        "duration_ms": grading.duration_ms if grading else 0,
    }
    if not is_whole:
        found["later"] = [
            {
                "points": exact(later.points),
                "until": later.until.astimezone(UTC).isoformat(timespec="seconds") if later.until else None,
            }
            for later in shown.later
        ]
    return found


def _nothing(grade: Grade, assignment: Assignment, status: str) -> Sequence[CheckRecord]:
    """Every check the exercise has, with the reason why it was not judged."""
    verdict = Verdict.INFRA if status == "infra" else Verdict.MISSING
    message = (grade.problem or MEANINGS[verdict].sentence).both()
    return [CheckRecord(check.name, verdict, Decimal(0), check.points, message) for check in assignment.checks]
