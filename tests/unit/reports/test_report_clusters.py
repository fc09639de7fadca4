"""The same mistake, the same file, and who is missing."""

from dataclasses import replace

import pytest
from report_samples import (
    BROKEN,
    COURSE,
    DEADLOCK,
    NOODLES,
    OUYANG,
    RIGHT_TO_LEFT,
    STAFF,
    STUCK,
    WANG,
    grade,
    nothing,
    open_grade,
    record,
)

from grader.course.lateness import Late
from grader.course.roster import Student
from grader.judge.verdicts import Verdict
from grader.reports.classpage import Files, class_view
from grader.reports.clusters import clusters, shape, sign
from grader.reports.links import report_path, slug
from grader.reports.missing import missing_lines, natural
from grader.reports.similar import identical, own_lines

TITLES = {DEADLOCK.name: "解决死锁"}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("AssertionError: assert {'a': 1} == {'b': 2}", "AssertionError: assert {'xyz': 10} == {'': -3}"),
        ("assert [1, 2, 3] == [1]", "assert [7] == [1, 2, 3, 4, 5]"),
        ("assert 'it\\'s' == \"x\"", "assert '' == 'yy'"),
        ("assert 1.5 == 2e9", "assert -3 == 4"),
    ],
)
def test_values_do_not_tell_mistakes_apart(one, other):
    """Two assertions that differ in literals only have one shape."""
    assert shape(one) == shape(other) or shape(one).replace("…", "") == shape(other).replace("…", "")


def test_names_and_operators_tell_mistakes_apart():
    """What is compared how is the mistake."""
    assert shape("assert got == {}") != shape("assert got is None")
    assert shape("assert x1 == 2") != shape("assert x2 == 2")


def test_an_exception_is_its_type_and_the_innermost_line():
    """Message and line number differ from student to student; type and line of code do not."""
    moved = replace(
        BROKEN,
        evidence={
            **BROKEN.evidence,
            "exception": "NameError: name 'f' is not defined",
            "traceback": [{"file": "a.py", "line": 99, "text": "   with   fork:"}],
        },
    )
    assert sign(BROKEN) == sign(moved) == "NameError · with fork:"
    judged = replace(BROKEN, evidence={"exception": {"name": "NameError", "message": "x", "line": 3}, "traceback": []})
    assert sign(judged) == "NameError"


def test_the_same_mistake_of_several_students_is_one_cluster():
    """Clusters name verdict, sign, students and points lost, the largest first; a mistake of one student is none."""
    lonely = record("test_both_are_held", Verdict.FAIL, "0", "2", assertion="assert f() is None")
    given = [
        grade(WANG, checks=(STUCK, BROKEN)),
        grade(OUYANG, checks=(STUCK, BROKEN)),
        grade(RIGHT_TO_LEFT, checks=(STUCK, lonely)),
    ]
    first, second = clusters(reversed(given))
    assert (first.check, first.verdict, first.sign, str(first.lost)) == (
        "test_no_schedule_deadlocks",
        Verdict.DEADLOCK,
        "fork ↔ noodle",
        "18",
    )
    assert [g.student.id for g in first.grades] == ["2026001", "2026002", "2026003"]
    assert [g.student.id for g in second.grades] == ["2026001", "2026002"]


@pytest.mark.parametrize(
    "verdict", [Verdict.PASS, Verdict.NOT_RUN, Verdict.PENDING, Verdict.INFRA, Verdict.UNSUPPORTED]
)
def test_what_is_no_mistake_of_a_student_is_in_no_cluster(verdict):
    """Passes, undecided checks, our failures and what merely waits for another check are not clustered."""
    checks = (record("test_both_are_held", verdict, "2" if verdict is Verdict.PASS else "0", "2"),)
    assert clusters([grade(WANG, checks=checks), grade(OUYANG, checks=checks)]) == ()


OWN = b"import queue\n\ndef work(q):\n    while True:\n        item = q.get()\n        if item is None:\n            return\n        eat(item)\n"


def test_equal_but_for_comments_and_blank_lines():
    """Comments, blank lines, spacing, line ends and a file's name do not tell two files apart."""
    dressed = b"# mine\r\nimport queue\r\n\r\n\r\ndef work(q):  # do\r\n    while True:\r\n        item=q.get()\r\n        if item is None:\r\n            return\r\n        eat( item )\r\n"
    found = identical({"s01": {"a.py": OWN}, "s02": {"b.py": dressed}, "s03": {"a.py": OWN + b"print(1)\n"}}, [])
    assert [same.members for same in found.same] == [(("s01", "a.py"), ("s02", "b.py"))]


def test_an_unreadable_file_removes_only_itself():
    """A broken extra file, a UTF-16 file and an empty repository: the rest is compared, and what was left out is listed."""
    found = identical(
        {
            "s01": {"a.py": OWN, "broken.py": b"\xff\xff\x00"},
            "s02": {"a.py": OWN},
            "s03": {"a.py": b"\xff\xfe" + OWN.decode().encode("utf-16-le")},
            "s04": {},
            "s05": {"a.py": b"# nothing\n"},
        },
        [],
        "gb18030",
    )
    assert [[student for student, _ in same.members] for same in found.same] == [["s01", "s02", "s03"]]
    assert [(item.student, item.file) for item in found.left_out] == [
        ("s01", "broken.py"),
        ("s04", ""),
        ("s05", "a.py"),
    ]


def test_what_was_handed_out_does_not_count():
    """The starter alone, and the starter with three different lines, are nobody's copy; with the same three lines they are."""
    starter = NOODLES.encode()
    three = [starter + f"\na = {n}\nb = {n}\nc = {n}\n".encode() for n in (1, 2, 1)]
    assert identical({"s01": {"a.py": starter}, "s02": {"a.py": starter}}, [starter]).same == ()
    assert identical({"s01": {"a.py": three[0]}, "s02": {"a.py": three[1]}}, [starter]).same == ()
    (same,) = identical({"s01": {"a.py": three[0]}, "s02": {"a.py": three[2]}}, [starter]).same
    assert same.lines == 3


def test_the_same_student_twice_is_no_pair():
    """Two equal files of one student are not reported."""
    assert identical({"s01": {"a.py": OWN, "b.py": OWN}}, []).same == ()


def test_python_2_is_compared_by_lines():
    """A file that is no Python 3 still loses comments and blank lines."""
    assert own_lines("print 'x'\n\n# c\n  y = (\n") == ("print 'x'", "y = (")


def test_one_line_for_each_group():
    """Groups in number order, every group has its line, each is one line to paste; names are shown safely."""
    evil = Student("2026004", "a\nb\u202e", "10")
    given = [
        grade(WANG),
        nothing(OUYANG),
        grade(RIGHT_TO_LEFT),
        nothing(evil),
        nothing(Student("2026005", "赵静"), status="infra"),
    ]
    assert missing_lines(given, TITLES) == (
        "第 3 组 未交 解决死锁(1 人):欧阳娜娜 2026002",
        "第 4 组:都交了",
        "第 10 组 未交 解决死锁(1 人):a\\nb\\u202e 2026004",
        "未分组:都交了",
    )
    assert missing_lines(given, TITLES, "en")[0] == "Group 3, not handed in: 解决死锁 (1): 欧阳娜娜 2026002"


def test_several_exercises_are_named_where_they_differ():
    """Who misses what is said with each name; where all miss the same it is said once."""
    second = {**TITLES, "udp-collect": "UDP"}
    wang, ouyang = nothing(WANG), nothing(OUYANG)
    more = [wang, replace(wang, assignment="udp-collect"), ouyang, grade(OUYANG, replace(DEADLOCK, name="udp-collect"))]
    assert missing_lines(more, second) == (
        "第 3 组 未交(2 人):王小明 2026001 (解决死锁、UDP)、欧阳娜娜 2026002 (解决死锁)",
    )


def test_who_misses_everything_is_said_shortly():
    """A student without any of many exercises has no long list behind the name."""
    many = {f"e{n}": f"题{n}" for n in range(5)}
    given = [replace(nothing(OUYANG), assignment=name) for name in many] + [replace(nothing(WANG), assignment="e1")]
    given += [grade(WANG, replace(DEADLOCK, name=name)) for name in many if name != "e1"]
    assert missing_lines(given, many) == ("第 3 组 未交(2 人):王小明 2026001 (题1)、欧阳娜娜 2026002 (全部 5 题)",)


def test_groups_sort_as_people_count():
    """2 before 10, letters by themselves, no group last."""
    assert sorted(["10", "2", "", "B", "A2", "A10"], key=natural) == ["2", "10", "A2", "A10", "B", ""]


def test_the_class_page_counts():
    """Students, graded, missing, undecided and our failures are counted; missing students come first in their group."""
    given = [
        open_grade(student=WANG),
        nothing(OUYANG),
        grade(RIGHT_TO_LEFT),
        nothing(Student("2026005", "赵静", "4"), status="infra"),
    ]
    view = class_view(given, [DEADLOCK], COURSE, STAFF)
    assert (view.students, view.graded, view.missing, view.open, view.infra) == (4, 2, 1, 2, 1)
    assert [row.person.id for row in view.groups[0].rows] == ["2026002", "2026001"]
    assert sum(b.count for b in view.assignments[0].bins) == 2


def test_the_hardest_check_comes_first_and_undecided_ones_do_not_count():
    """Shares are over decided checks only."""
    good = record("test_both_are_held", Verdict.PASS, "2", "2")
    given = [
        open_grade(student=WANG, checks=(STUCK, good)),
        open_grade(student=OUYANG, checks=(STUCK, record("test_both_are_held", Verdict.INFRA, "0", "2"))),
    ]
    hard = class_view(given, [DEADLOCK], COURSE, STAFF).assignments[0].hard
    assert [(h.title, h.passed, h.judged) for h in hard] == [
        ("no schedule deadlocks", 0, 2),
        ("吃的时候两样都在手里", 1, 1),
    ]


def test_one_comment_for_all():
    """A cluster carries one text to paste: the check, what happened, what to do."""
    given = [grade(WANG, checks=(STUCK,), late=Late()), grade(OUYANG, checks=(STUCK,))]
    (mistake,) = class_view(given, [DEADLOCK], COURSE, STAFF).assignments[0].mistakes
    assert (
        mistake.comment
        == "【no schedule deadlocks】死锁:几个任务互相等待,绕成一圈,谁也走不下去。 两个函数按同一个顺序拿锁"
    )
    assert [p.href for p in mistake.people] == ["2026001/deadlock-fix.html", "2026002/deadlock-fix.html"]


def test_one_mistake_in_several_checks_is_one_card():
    """Checks lost by the same students in the same way are shown together, each with what they have in common."""
    wrong = [
        record(name, Verdict.FAIL, "0", "2", assertion=f"AssertionError: assert None == {n}")
        for n, name in enumerate(("test_both_are_held", "test_secret_feast"))
    ]
    (mistake,) = (
        class_view([grade(WANG, checks=tuple(wrong)), grade(OUYANG, checks=tuple(wrong))], [DEADLOCK], COURSE, STAFF)
        .assignments[0]
        .mistakes
    )
    assert mistake.checks == (("吃的时候两样都在手里", "assert None == #"), ("secret feast", "assert None == #"))
    assert mistake.lost == "8"


def test_identical_files_are_on_the_class_page():
    """Twins are listed with names and links, and what could not be compared is listed too."""
    given = [
        replace(grade(WANG), snapshot="a"),
        replace(grade(OUYANG), snapshot="b"),
        replace(grade(RIGHT_TO_LEFT), snapshot="c"),
    ]
    files = Files(
        {"a": {"x.py": OWN}, "b": {"y.py": OWN}, "c": {"x.py": b"\xff\x00"}}, {DEADLOCK.name: [NOODLES.encode()]}
    )
    view = class_view(given, [DEADLOCK], COURSE, STAFF, files).assignments[0]
    assert [[p.name for p in twin.people] for twin in view.twins] == [["王小明", "欧阳娜娜"]]
    assert len(view.left_out) == 1


@pytest.mark.parametrize(
    "hostile", ["../../etc", "a/b", "", ".", "..", "con:", "王小明", "x" * 300, "a\0b", "url:https://gitee.com/x"]
)
def test_paths_are_safe_whatever_the_id(hostile):
    """A path made from any id stays below its folder and is plain ASCII; different ids have different paths."""
    path = report_path(hostile, "deadlock-fix")
    assert path.isascii()
    assert path.count("/") == 1
    assert ".." not in path
    assert len(path) < 120
    assert slug(hostile) != slug(hostile + "x")
