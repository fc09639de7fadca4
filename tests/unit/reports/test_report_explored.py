"""What the scheduler found in a check, as a student reads it."""

from __future__ import annotations

import base64
import json
from dataclasses import replace

import pytest
from report_samples import COURSE, DEADLOCK, EN, NOODLES, ZH, open_grade, record

from grader.judge.verdicts import Verdict
from grader.reports.markdown import report_markdown
from grader.reports.render import report_html
from grader.reports.student import Material, report

CHECK = "test_no_schedule_deadlocks"
SCENARIOS = "def table(student, first, second):\n    pass\n"
MATERIAL = Material({"noodles.py": NOODLES.encode()}, None, SCENARIOS)
LOOKED = {
    "schedules": 3, "exhausted": False, "bound": {"mode": "strict", "preemptions": None, "sampled": 0}, "seed": 7, "python": "3.11.2",
    "advice": [], "scaled": [],
}  # fmt: skip


def spot(line, text, file="noodles.py"):
    return {"file": file, "line": line, "function": "", "text": text}


def step(task, kind, about, line, text, held=(), thing=1):
    name = "main" if task == 0 else f"thread {task}"
    return {
        "task": task, "name": name, "kind": kind, "about": about, "place": spot(line, text), "early": False, "held": list(held),
        "thing": thing,
    }  # fmt: skip


def standing(number, about, line, held, other):
    return {
        "number": number, "name": f"thread {number}", "daemon": False, "kind": "acquire", "about": about, "place": spot(line, f"with {about}:"),
        "holds": [held], "waits_for": other, "missed": False, "is_for_result": False,
    }  # fmt: skip


ASKED = {"kind": "explore call", "name": "table", "args": [{"tuple": ["eat1", 2]}], "stdin": "", "watch": ["note"]}
CIRCLE = {
    "call": "table(('eat1', 2))", "asked": ASKED, "explored": LOOKED, "label": "happens", "kind": "deadlock",
    "schedule": {"schedule": "0x1 1x2 2x2", "time": "strict", "seed": 7},
    "steps": [step(1, "acquire", "noodle", 7, "with noodle:", ["noodle"]), step(2, "acquire", "fork", 12, "with fork:", ["fork"], 2)],
    "earlier": 40,
    "tasks": [standing(1, "fork", 8, "noodle", 2), standing(2, "noodle", 13, "fork", 1)],
    "cycle": [
        {"number": 1, "task": "thread 1", "waits_for": "fork", "held_by": "thread 2", "line": spot(8, "with fork:"), "holds": ["noodle"]},
        {"number": 2, "task": "thread 2", "waits_for": "noodle", "held_by": "thread 1", "line": spot(13, "with noodle:"), "holds": ["fork"]},
    ],
}  # fmt: skip
SIDES = {
    "variable": "n",
    "first": {"write": True, "place": spot(5, "n += 1")},
    "second": {"write": False, "place": spot(5, "n += 1")},
}
RACE = {
    "call": "adds()", "asked": ASKED, "explored": {**LOOKED, "exhausted": True}, "label": "language", "kind": "race", "races": [SIDES],
    "schedule": {"schedule": "1x2", "time": "late", "seed": 7}, "value": 11,
    "steps": [
        step(1, "read", "n", 5, "n += 1"), step(2, "read", "n", 5, "n += 1"), step(2, "write", "n", 5, "n += 1"), step(1, "write", "n", 5, "n += 1"),
    ],
}  # fmt: skip


def shown(verdict, evidence, reader=EN):
    checks = (record(CHECK, verdict, "0" if verdict is not Verdict.PASS else "6", "6", **evidence),)
    view = report(open_grade(checks=checks), DEADLOCK, COURSE, reader, MATERIAL)
    return view.checks[0], report_html(view), report_markdown(view)


def test_a_circle_is_told_drawn_and_handed_over():
    """Sentence, label, picture and its equivalent in words, how far was looked, and the schedule with the public scenario."""
    check, page, text = shown(Verdict.DEADLOCK, CIRCLE)
    found = check.explored
    assert "thread 1 holds noodle" in found.told[0]
    assert "line 13" in found.told[0]
    for part in (found.told[0], found.label, *found.looked, "with fork:", "Seed 7", found.command):
        assert part in page.replace("&#39;", "'")
        assert part.split(" (")[0] in text.replace("\\", "")
    assert "<svg" in found.svg
    assert [row.number for row in found.rows] == [41, 42, 43, 44]
    assert "The same in words" in page
    taken = json.loads(base64.b64decode(found.data.partition(",")[2]))
    assert taken["schedule"] == "0x1 1x2 2x2"
    assert taken["scenario"] == {"name": "table", "args": [{"tuple": ["eat1", 2]}], "source": SCENARIOS}
    assert found.data in page
    assert found.schedule in text


def test_a_race_that_no_schedule_fails_is_drawn_all_the_same():
    """The update that was lost is told, and the label says that a laptop will not show it."""
    check, page, _ = shown(Verdict.RACE, RACE)
    assert "what thread 2 wrote is lost" in page
    assert "you will probably not see it on your laptop" in page
    assert [row.remark != "" for row in check.explored.rows] == [True, False, True, True]
    assert "Every schedule was looked at" in page
    assert check.detail == ""
    assert json.loads(check.explored.schedule)["value"] == 11


def test_a_pass_says_how_far_was_looked():
    """A pass is a bound: its schedules, whether they were all, and the seed, for each exploration."""
    looked = [{"call": f"table({n})", **LOOKED, "schedules": 20 + n, "exhausted": n == 0} for n in range(6)]
    check, page, text = shown(Verdict.PASS, {"looked": looked})
    assert "table(0): Every schedule was looked at in which sleeps and timeouts are exact: 20 that differ" in page
    assert "… and 2 more explorations with 49 schedules; none failed." in page
    assert "Seed 7, Python 3.11.2" in page
    assert "table" in text
    assert check.explored is None


@pytest.mark.parametrize(
    "key", ["steps", "tasks", "cycle", "explored", "races", "schedule", "asked", "exception", "traceback", "looked"]
)
@pytest.mark.parametrize("odd", [None, 1, "x", [1], [{}], {"number": []}, [{"number": 9}], [{"variable": 1}]])
@pytest.mark.parametrize("verdict", [Verdict.DEADLOCK, Verdict.RACE, Verdict.PASS])
def test_evidence_of_another_shape_is_left_out(key, odd, verdict):
    """Whatever stands where a part of an exploration is expected, there is a report, in both languages."""
    base = {Verdict.DEADLOCK: CIRCLE, Verdict.RACE: RACE, Verdict.PASS: {}}[verdict]
    for reader in (EN, ZH):
        assert shown(verdict, {**base, key: odd}, reader)[1]


def test_what_a_program_calls_its_locks_stays_text():
    """Names and lines of a program are text in every form of the report."""
    nasty = "<script>alert(1)</script>"
    steps = [{**each, "about": nasty, "held": [nasty]} for each in CIRCLE["steps"]]
    _, page, _ = shown(
        Verdict.DEADLOCK, {**CIRCLE, "steps": steps, "tasks": [{**t, "about": nasty} for t in CIRCLE["tasks"]]}
    )
    assert "<script" not in page


def test_a_hidden_check_hands_over_nothing():
    """Neither schedule nor scenario nor any word of a hidden check's exploration reaches the student."""
    secret = record("test_secret_feast", Verdict.DEADLOCK, "0", "4", **{**CIRCLE, "call": "SECRETCALL"})
    given = replace(open_grade(checks=(secret,)), hidden=frozenset({"test_secret_feast"}), is_released=False)
    page = report_html(report(given, DEADLOCK, COURSE, EN, MATERIAL))
    for word in ("SECRETCALL", "0x1 1x2", "def table", "<svg xmlns"):
        assert word not in page
