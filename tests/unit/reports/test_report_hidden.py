"""Nothing of a hidden check reaches a student."""

import json
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from report_samples import (
    ACT,
    BROKEN,
    COMMENT,
    COURSE,
    DEADLOCK,
    DUE,
    EXTENSION,
    HIDDEN_COMMENT,
    MATERIAL,
    NOON,
    STAFF,
    STUCK,
    TALK,
    ZONE,
    grade,
    nothing,
    record,
)

from grader.course.text import Text
from grader.judge.verdicts import Verdict
from grader.reports.contract import grade_json
from grader.reports.days import days
from grader.reports.exports.gradescope import gradescope
from grader.reports.exports.junit import junit
from grader.reports.markdown import report_markdown
from grader.reports.missing import missing_lines
from grader.reports.pages import write_class
from grader.reports.render import days_html, report_html
from grader.reports.student import Material, Reader, report
from grader.reports.visibility import concealed, seen
from grader.store.grade import AttemptSummary
from grader.store.records import Facts, Override

SECRET = "SECRETLITERAL"
HIDDEN_NAMES = ("secret_feast", "secret feast", "SECRETTITLE", "SECRETHINT", SECRET)
FEAST = record(
    "test_secret_feast",
    Verdict.FAIL,
    "1.37",
    "4",
    **dict.fromkeys(
        ("case", "call", "got", "assertion", "why", "exception", "answer", "expected_choice", "terms", "new_key"),
        SECRET,
    ),
    output={"text": SECRET, "truncated": False},
    events=[{"kind": SECRET, "task": SECRET, "about": SECRET, "holds": [SECRET]}],
    traceback=[{"file": SECRET, "line": 1, "function": SECRET, "text": SECRET}],
    cycle=[{"task": SECRET, "waits_for": SECRET, "held_by": SECRET, "line": 1}],
    overridden={"by": SECRET, "reason": SECRET, "points": "0"},
)
FEAST = replace(FEAST, message={"zh": SECRET, "en": SECRET})
HIDING = replace(
    DEADLOCK,
    checks=tuple(
        replace(c, title=Text(zh="SECRETTITLE"), hint=Text(zh="SECRETHINT")) if c.name == "test_secret_feast" else c
        for c in DEADLOCK.checks
    ),
)
SECRET_OVERRIDE = Override("set", "test_secret_feast", Decimal("1.37"), 1, 1, replace(ACT, reason=SECRET))
TOTAL = Override("set", "", Decimal("3.77"), 1, 1, ACT)


def hidden_grade(**changes):
    raw = Decimal("8.11")
    values = {
        "comments": (COMMENT, HIDDEN_COMMENT),
        "overrides": (SECRET_OVERRIDE, TOTAL),
        "raw": raw,
        "score": Decimal("3.77"),
        "total": Decimal("3.77"),
        "attempts": (
            AttemptSummary(1, "a" * 40, "t", NOON, Decimal("6.66"), counts=False),
            AttemptSummary(2, "c" * 40, "u", NOON, raw, counts=True),
        ),
    }
    return grade(checks=(STUCK, BROKEN, TALK, FEAST), **{**values, **changes})


def student_outputs(given, tmp_path):
    """Every text that a student can get to see, by name."""
    for language in ("zh", "en"):
        reader = Reader(language, NOON)
        material = replace(MATERIAL, previous=(replace(FEAST, verdict=Verdict.PASS), STUCK))
        view = report(given, HIDING, COURSE, reader, material)
        yield f"html {language}", report_html(view)
        yield f"markdown {language}", report_markdown(view)
        yield f"days {language}", days_html(days([(given, HIDING)], COURSE, reader, lambda name: name))
        yield f"json {language}", json.dumps(grade_json(given, HIDING, reader), ensure_ascii=False)
        yield f"junit {language}", junit([given], {HIDING.name: HIDING}, COURSE, reader).decode()
        yield f"missing {language}", "\n".join(missing_lines([given], {HIDING.name: "x"}, language))
        if given.status == "graded":
            yield f"gradescope {language}", gradescope(given, HIDING, COURSE, reader).decode()
    write_class(
        tmp_path, [given], {HIDING.name: HIDING}, COURSE, STAFF, lambda _: MATERIAL.files, lambda _: Facts(), {}
    )
    for path in sorted(tmp_path.rglob("*/*")):
        yield str(path.relative_to(tmp_path)), path.read_text()


@pytest.mark.parametrize(
    "given", [hidden_grade(), nothing(), nothing(status="infra")], ids=["graded", "missing", "infra"]
)
def test_no_output_for_students_holds_anything_of_a_hidden_check(given, tmp_path):
    """Neither its name, title, hint, verdict's message, evidence, comment nor override is in any file, page or export."""
    outputs = list(student_outputs(given, tmp_path))
    assert len(outputs) > 14
    for name, text in outputs:
        for secret in HIDDEN_NAMES:
            assert secret not in text, f"{secret} in {name}"


def test_no_bare_total_before_the_release(tmp_path):
    """Raw sum, score, total set by hand and the sums of attempts would tell the hidden points; none is shown, except to Gradescope, which hides it."""
    for name, text in student_outputs(hidden_grade(), tmp_path):
        for number in ("8.11", "3.77", "6.66", "1.37"):
            assert number not in text or name.startswith("gradescope"), f"{number} in {name}"


def test_it_says_how_many_points_come_when():
    """A student reads what is visible out of what, and how many points are judged when; a released check is like any other."""
    view = report(hidden_grade(), HIDING, COURSE, Reader("en", NOON))
    assert (view.points, view.out_of, view.unit) == ("0", "10", "visible points")
    assert view.later == ("4 points are judged but not shown until your teacher releases them.",)
    dated = replace(
        HIDING,
        checks=tuple(replace(c, visibility="after_due") if c.visibility == "hidden" else c for c in HIDING.checks),
    )
    view = report(hidden_grade(), dated, COURSE, Reader("en", NOON))
    assert view.later == ("4 points are judged after 2026-12-01 23:59.",)
    view = report(hidden_grade(extensions=(EXTENSION,)), dated, COURSE, Reader("en", NOON))
    assert view.later == ("4 points are judged after 2026-12-03 23:59.",)


def test_after_the_release_everything_is_there():
    """With nothing hidden the evidence and the total are shown: the filter takes out no more than it must."""
    given = hidden_grade(hidden=frozenset(), is_released=True)
    page = report_html(report(given, HIDING, COURSE, Reader("zh", NOON)))
    assert SECRET in page
    assert "3.77" in page


def test_comments_on_hidden_checks_are_hidden():
    """A remark about a hidden check is not among those a student may see, for whatever page shows it."""
    assert seen(hidden_grade(), HIDING, NOON, "student").comments == (COMMENT,)
    assert seen(hidden_grade(), HIDING, NOON, "staff").comments == (COMMENT, HIDDEN_COMMENT)


def test_staff_sees_hidden_checks():
    """The other audience gets all of it, before the release too."""
    assert seen(hidden_grade(), HIDING, NOON, "staff").checks[3] is FEAST


def test_a_visible_check_that_waits_for_a_hidden_one_is_hidden_too():
    """ "Not run" would tell that the hidden check failed; this holds through several steps."""
    checks = (
        replace(HIDING.checks[3], needs=()),
        replace(HIDING.checks[0], needs=("test_secret_feast",)),
        replace(HIDING.checks[1], needs=("test_no_schedule_deadlocks",)),
    )
    chained = replace(HIDING, checks=checks)
    given = grade(
        assignment=chained,
        checks=(FEAST, replace(STUCK, verdict=Verdict.NOT_RUN), replace(BROKEN, verdict=Verdict.NOT_RUN)),
    )
    assert set(concealed(given, chained)) == {c.name for c in checks}
    assert seen(given, chained, NOON, "student").checks == ()


def test_keys_nobody_listed_stay_inside():
    """Evidence is let through by name: an answer key, a term list or a key added one day is not shown while the work is open."""
    quiz = record(
        "test_both_are_held",
        Verdict.FAIL,
        "0",
        "2",
        answer="2",
        expected_choice="KEYANSWER",
        terms=["KEYTERM"],
        new="KEYNEW",
    )
    given = grade(checks=(STUCK, quiz), hidden=frozenset(), is_released=True)
    before = report_html(report(given, HIDING, COURSE, Reader("zh", NOON), Material()))
    after = report_html(report(given, HIDING, COURSE, Reader("zh", DUE + timedelta(minutes=1)), Material()))
    for key in ("KEYANSWER", "KEYTERM", "KEYNEW"):
        assert key not in before
    assert "KEYANSWER" in after
    assert "KEYNEW" not in after
    assert DUE.tzinfo is ZONE
