"""Spot checks: who is asked, about what, and the key."""

import json
from dataclasses import replace
from decimal import Decimal

from report_samples import DEADLOCK, FEAST, GRADING, MATERIAL, NOODLES, STUCK, TALK, grade, record
from test_report_explored import CIRCLE, LOOKED

from grader.course.roster import Student
from grader.judge.verdicts import Verdict
from grader.reports.sheet import spotcheck_html, spotcheck_markdown
from grader.reports.spotcheck import TRIED, is_passing, spotcheck

SOUND = (
    record("test_no_schedule_deadlocks", Verdict.PASS, "6", "6"),
    record("test_both_are_held", Verdict.PASS, "2", "2"),
    TALK,
    record("test_secret_feast", Verdict.PASS, "4", "4"),
)
CLASS = [grade(Student(f"2026{n:03d}", f"学生{n}", str(n % 3 + 1)), checks=SOUND) for n in range(30)]
ASSIGNMENTS = {DEADLOCK.name: DEADLOCK}


def files(_grade):
    return MATERIAL.files


def drawn(**more):
    return spotcheck(CLASS, ASSIGNMENTS, files, **{"seed": "7", "language": "zh", **more})


def judged(verdict):
    """A judge in whose runs the first check of every changed file comes to `verdict`."""
    return lambda _grade, _files: replace(
        GRADING,
        checks=(replace(STUCK, verdict=verdict, points=Decimal(6 if verdict is Verdict.PASS else 0)), *SOUND[1:]),
    )


def test_the_same_seed_draws_the_same_students_and_questions():
    """A draw can be repeated by whoever doubts it, whatever the order of the grades; another seed draws others."""
    again = spotcheck(list(reversed(CLASS)), ASSIGNMENTS, files, seed="7", language="zh")
    assert drawn() == again
    other = {q.grade.student.id for q in drawn(seed="8").questions}
    assert other != {q.grade.student.id for q in drawn().questions}


def test_so_many_of_each_group():
    """Two of each group by default, groups in order; one group on request."""
    assert [q.grade.student.group for q in drawn().questions] == ["1", "1", "2", "2", "3", "3"]
    assert [q.grade.student.group for q in drawn(group="2", count=3).questions] == ["2", "2", "2"]


def test_the_question_is_about_the_students_own_file():
    """It names a line of that file, shows it, and the changed file differs in that line."""
    for question in drawn().questions:
        own = NOODLES.splitlines()[question.mutant.line - 1]
        assert next(line.text for line in question.lines if line.is_marked) == own
        assert question.mutant.source != NOODLES
        assert str(question.mutant.line) in question.mutant.question.render("zh")


def test_only_those_who_pass_are_asked():
    """A failing file, nothing handed in, or a file without synchronisation: others are drawn, and those are listed."""
    failing = [replace(g, checks=(STUCK, *SOUND[1:])) for g in CLASS]
    found = spotcheck(failing, ASSIGNMENTS, files, seed="7", language="en")
    assert found.questions == ()
    assert sum(len(names) for names in found.without.values()) == 30
    assert spotcheck(CLASS, ASSIGNMENTS, lambda _: {"noodles.py": b"x = 1\n"}, seed="7", language="en").questions == ()
    assert spotcheck(CLASS, ASSIGNMENTS, lambda _: {}, seed="7", language="en").questions == ()
    assert is_passing(CLASS[0])
    assert not is_passing(grade(checks=(SOUND[0], FEAST)))
    assert not is_passing(grade(checks=(TALK,)))


def test_the_key_says_what_runs_showed():
    """With a judge, the checks that turned are named with their verdicts; without one it says that nothing was run."""
    question = drawn(judge=judged(Verdict.DEADLOCK)).questions[0]
    (change,) = question.changes
    assert (change.title, change.before.render("en"), change.after.render("en")) == (
        "no schedule deadlocks",
        "passed",
        "deadlock",
    )
    page = spotcheck_html(drawn(judge=judged(Verdict.DEADLOCK)), "zh", with_key=True)
    assert "no schedule deadlocks:通过 → 死锁。" in page
    assert "改动后的文件没有运行过。" in spotcheck_html(drawn(), "zh", with_key=True)


def test_no_difference_is_no_proof():
    """Where runs show nothing, a few changes are tried, and the key says that this proves nothing."""
    calls = []

    def judge(given, changed):
        calls.append(changed[given.file])
        return judged(Verdict.PASS)(given, changed)

    found = drawn(judge=judge, count=1, group="1")
    assert found.questions[0].changes == ()
    assert len(calls) == TRIED
    assert len(set(calls)) == TRIED
    assert "真实运行没有看出差别" in spotcheck_markdown(found, "zh", with_key=True)


def test_the_sheet_for_students_has_no_key():
    """Without the key neither page nor text holds what the change does or what runs showed."""
    found = drawn(judge=judged(Verdict.DEADLOCK))
    for language, words in (("zh", ("死锁。", "答案要点", "→")), ("en", ("deadlock.", "Key", "→"))):
        for text in (
            spotcheck_html(found, language, with_key=False),
            spotcheck_markdown(found, language, with_key=False),
        ):
            body = text.split("</style>")[-1]
            assert not any(word in body for word in words)
            assert "noodles.py" in body


def test_a_file_in_the_courses_encoding_is_changed_in_it():
    """The changed file is written in the encoding it was read in."""
    source = "# -*- coding: gbk -*-\n" + NOODLES + "名字 = '太白'\n"
    seen = []

    def judge(given, changed):
        seen.append(changed[given.file].decode("gbk"))
        return judged(Verdict.DEADLOCK)(given, changed)

    spotcheck(
        CLASS,
        ASSIGNMENTS,
        lambda _: {"noodles.py": source.encode("gbk")},
        seed="7",
        language="zh",
        encoding="gbk",
        judge=judge,
        count=1,
        group="1",
    )
    assert "太白" in seen[0]


def explored_to(record):
    """A judge that finds `record` for the first check of every changed file."""
    return lambda _grade, _files: replace(GRADING, checks=(record, *SOUND[1:]))


def test_the_key_tells_the_order_of_events_that_was_explored():
    """Who waits for whom, the steps, the label, how far was looked and the schedule with its scenario; never without the key."""
    judge = explored_to(record(STUCK.test, Verdict.DEADLOCK, "0", "6", **CIRCLE))
    found = drawn(judge=judge, count=1, group="1", scenarios={DEADLOCK.name: "def table(student): pass\n"})
    (change,) = found.questions[0].changes
    assert change.record.evidence["schedule"]["schedule"] == "0x1 1x2 2x2"
    assert json.loads(change.explored.schedule)["scenario"]["source"] == "def table(student): pass\n"
    for language in ("zh", "en"):
        text = spotcheck_markdown(found, language, with_key=True)
        page = spotcheck_html(found, language, with_key=True)
        for shown in ("with noodle:", "0x1 1x2 2x2"):
            assert shown in text
        assert "<svg" in page
        assert change.explored.label in page
        assert change.explored.label in text
        assert "<svg" not in spotcheck_html(found, language, with_key=False)
        assert "0x1 1x2 2x2" not in spotcheck_markdown(found, language, with_key=False)


def test_exploring_that_finds_nothing_says_how_far_it_looked():
    """No schedule of the changed file shows a difference: how many were tried is the key."""
    judge = explored_to(replace(SOUND[0], evidence={"looked": [{**LOOKED, "call": "table()", "exhausted": True}]}))
    found = drawn(judge=judge, count=1, group="1", language="en")
    assert found.questions[0].changes == ()
    assert any("table()" in line and "3" in line for line in found.questions[0].looked)
    text = spotcheck_markdown(found, "en", with_key=True)
    assert "No order of events that was tried showed a difference" in text
    assert "table" in text


def test_a_loops_end_is_no_question():
    """One pass fewer says nothing about tasks."""
    source = b"for i in range(3):\n    print(i)\n"
    assert spotcheck(CLASS, ASSIGNMENTS, lambda _: {"noodles.py": source}, seed="7", language="en").questions == ()
