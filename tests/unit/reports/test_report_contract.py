"""The JSON object of a grade."""

import json
import re
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import jsonschema
import pytest
from report_samples import COURSE, DEADLOCK, EN, NOON, STUCK, WANG, ZH, grade, nothing, open_grade, record

from grader.course.lateness import Late
from grader.course.roster import Student
from grader.judge.verdicts import Verdict
from grader.language import say
from grader.reports.contract import grade_json, schema
from grader.reports.student import Reader

KEYS = [
    *("schema", "status", "assignment", "student", "commit", "received_at", "score", "raw", "max", "late", "checks"),
    *("execution", "sandbox", "python", "duration_ms"),
]
GRADES = {
    "graded": open_grade(),
    "late": open_grade(
        late=Late("late", 1500, 2, Decimal("0.2"), 1), penalty=Decimal("0.4"), raw=Decimal(2), score=Decimal("1.6")
    ),
    "missing": nothing(problem=say("The repository is empty.")),
    "infra": nothing(status="infra"),
    "pending": nothing(status="pending"),
    "anonymous": grade(Student("url:https://gitee.com/x/y", "")),
}


@pytest.mark.parametrize("name", GRADES)
@pytest.mark.parametrize("reader", [None, ZH, EN, Reader("zh", NOON, "staff")])
def test_every_object_satisfies_the_schema(name, reader):
    """For staff and students, whatever the status, the object is valid, and is plain JSON."""
    found = grade_json(GRADES[name], DEADLOCK, reader)
    jsonschema.Draft202012Validator(schema(), format_checker=jsonschema.FormatChecker()).validate(found)
    assert json.loads(json.dumps(found)) == found


def test_the_schema_itself_is_valid_and_names_every_verdict():
    """The published schema is JSON Schema, and a new verdict must be added to it."""
    jsonschema.Draft202012Validator.check_schema(schema())
    assert schema()["properties"]["checks"]["items"]["properties"]["verdict"]["enum"] == [v.value for v in Verdict]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("score", "7.50"),
        ("score", 7.5),
        ("score", "1e1"),
        ("status", "pending"),
        ("commit", "zz"),
        ("schema", 2),
        ("more", 1),
    ],
)
def test_the_schema_refuses(key, value):
    """Numbers that are no exact decimal strings, unknown states and unknown keys are not this contract."""
    found = grade_json(open_grade(), DEADLOCK)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**found, key: value}, schema())


def test_the_keys_and_their_order():
    """Exactly the keys promised, in the order promised."""
    found = grade_json(GRADES["late"], DEADLOCK)
    assert list(found) == KEYS
    assert found["late"] == {"state": "late", "minutes": 1500, "days": 2, "penalty": "0.2", "slip_days": 1}
    assert (found["score"], found["raw"], found["max"]) == ("1.6", "2", "14")
    assert found["received_at"] == "2026-12-01T04:00:05+00:00"
    assert list(found["checks"][0]) == ["test", "verdict", "points", "max", "message", "evidence"]


def test_missing_work_lists_every_check_with_the_reason():
    """Nobody has to ask why: each check is there, missing, with the reason in both languages."""
    found = grade_json(GRADES["missing"], DEADLOCK)
    assert [c["test"] for c in found["checks"]] == [c.name for c in DEADLOCK.checks]
    assert {c["verdict"] for c in found["checks"]} == {"missing"}
    assert found["checks"][0]["message"]["en"] == "The repository is empty."
    assert (found["commit"], found["received_at"], found["student"]) == (None, None, "2026002")


def test_our_failure_is_infra():
    """Failed and not yet graded are the operator's, never the student's."""
    for name in ("infra", "pending"):
        found = grade_json(GRADES[name], DEADLOCK)
        assert found["status"] == "infra"
        assert {c["verdict"] for c in found["checks"]} == {"infra"}


def test_a_url_without_a_student_has_none():
    """The made-up key of the store is not an id."""
    assert grade_json(GRADES["anonymous"], DEADLOCK)["student"] is None


def test_what_a_student_reads_has_only_what_is_visible():
    """Points are those of the checks shown, and what comes later is said."""
    given = grade(
        WANG,
        checks=(record("test_both_are_held", Verdict.PASS, "2", "2"), replace(STUCK)),
        score=Decimal(9),
        raw=Decimal(9),
    )
    found = grade_json(given, DEADLOCK, EN)
    assert (found["score"], found["raw"], found["max"]) == ("2", "2", "8")
    assert found["later"] == [{"points": "4", "until": None}]


def test_the_page_about_it_names_every_key():
    """docs/json.md is about this object: every key of it is there, and its example is valid."""
    page = (Path(__file__).parents[3] / "docs" / "json.md").read_text(encoding="utf-8")
    for key in [*KEYS, "later"]:
        assert f'"{key}"' in page or f"`{key}`" in page
    example = json.loads(re.search(r"```json\n(.*?)```", page, re.DOTALL)[1])
    jsonschema.validate(example, schema())
    assert list(example) == KEYS
    assert COURSE.timezone


@pytest.mark.parametrize("status", ["graded", "missing", "infra"])
def test_a_hidden_check_has_no_name_for_a_student_who_handed_in_nothing(status):
    """Nor when a person set the total: staff see all checks, a student those that are shown."""
    given = nothing(status=status, total=Decimal(3), score=Decimal(3))
    names = {check["test"] for check in grade_json(given, DEADLOCK, EN)["checks"]}
    assert "test_secret_feast" not in names
    assert "test_secret_feast" in {check["test"] for check in grade_json(given, DEADLOCK)["checks"]}
