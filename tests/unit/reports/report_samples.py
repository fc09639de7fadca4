"""A small made-up class for tests of reports: every state a grade can be in."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

from grader.course.assignment import Assignment, Submit
from grader.course.checks import Check, Manual, TestFunction
from grader.course.course import Course
from grader.course.lateness import Late
from grader.course.roster import Student
from grader.course.signatures import signature
from grader.course.text import Text
from grader.judge.records import CheckRecord, Grading
from grader.judge.verdicts import MEANINGS, Verdict
from grader.reports.student import Material, Reader
from grader.store.grade import AttemptSummary, Grade
from grader.store.records import Act, Comment, Extension, Override

ZONE = ZoneInfo("Asia/Shanghai")
DUE = datetime(2026, 12, 1, 23, 59, tzinfo=ZONE)
NOON = datetime(2026, 12, 1, 4, 0, 5, tzinfo=UTC)  # 12:00:05 in Shanghai
COURSE = Course(root=Path("course"), title=Text(zh="并发编程", en="Concurrency"), timezone=ZONE, encoding="gb18030")
WANG = Student("2026001", "王小明", "3", "https://gitee.com/s01/homework")
OUYANG = Student("2026002", "欧阳娜娜", "3", "https://gitee.com/s02/homework")
RIGHT_TO_LEFT = Student("2026003", "نور الهدى", "4", "https://gitee.com/s03/homework")
FORMULA = Student("007", "=1+1", "4")

NOODLES = """\
from threading import Lock

def make_locks():
    return Lock(), Lock()

def eat1(name, noodle, fork, bite):
    with noodle:
        with fork:
            bite(name)

def eat2(name, noodle, fork, bite):
    with fork:
        with noodle:
            bite(name)
"""

DEADLOCK = Assignment(
    name="deadlock-fix",
    title=Text(zh="解决死锁 科学家吃面", en="Mend the deadlock"),
    statement=Text(zh="面和叉子各有一把锁,两样都拿到才能吃。"),
    submit=Submit("day35/noodles.py", (signature("eat1(name, noodle, fork, bite)"),)),
    checks=(
        Check(
            "test_no_schedule_deadlocks",
            Decimal(6),
            hint=Text(zh="两个函数按同一个顺序拿锁", en="Both functions take the locks in one order"),
        ),
        Check("test_both_are_held", Decimal(2), title=Text(zh="吃的时候两样都在手里", en="Both in hand while eating")),
        Check("talk", Decimal(2), kind=Manual(Text(zh="讲讲为什么会死锁", en="Say why it deadlocks"))),
        Check("test_secret_feast", Decimal(4), needs=("test_no_schedule_deadlocks",), visibility="hidden"),
    ),
    day=35,
    due=DUE,
)


def record(test: str, verdict: Verdict, points: str, maximum: str, **evidence: object) -> CheckRecord:
    return CheckRecord(test, verdict, Decimal(points), Decimal(maximum), MEANINGS[verdict].sentence.both(), evidence)


STUCK = record(
    "test_no_schedule_deadlocks",
    Verdict.DEADLOCK,
    "0",
    "6",
    call="table('eat1', 'eat2')",
    cycle=[
        {"task": "thread 1", "waits_for": "fork", "held_by": "thread 2", "line": 8, "holds": ["noodle"]},
        {"task": "thread 2", "waits_for": "noodle", "held_by": "thread 1", "line": 13, "holds": ["fork"]},
    ],
    events=[
        {"kind": "acquire", "task": "thread 1", "about": "noodle", "holds": ["noodle"], "line": 7},
        {"kind": "acquire", "task": "thread 2", "about": "fork", "holds": ["fork"], "line": 12},
        {"kind": "wait", "task": "thread 1", "about": "fork", "holds": ["noodle"], "line": 8},
        {"kind": "wait", "task": "thread 2", "about": "noodle", "holds": ["fork"], "line": 13},
    ],
    real=True,
)
BROKEN = record(
    "test_both_are_held",
    Verdict.ERROR,
    "0",
    "2",
    exception="NameError: name 'forks' is not defined",
    traceback=[{"file": "noodles.py", "line": 8, "function": "eat1", "text": "with fork:"}],
    output={"text": "太白 拿到面了\n" * 60, "truncated": False},
    got="{'太白': ['面']}",
    assertion="assert {'太白': ['面']} == {'太白': ['面', '叉子']}",
    why="bite only with both in hand",
    real=True,
)
TALK = record("talk", Verdict.PENDING, "0", "2")
FEAST = record(
    "test_secret_feast",
    Verdict.FAIL,
    "0",
    "4",
    got="SECRETLITERAL",
    assertion="assert 'SECRETLITERAL' == 'both'",
    why="SECRETLITERAL",
)

GRADING = Grading("e" * 64, "5" * 64, "bubblewrap", "3.11.2", (STUCK, BROKEN, TALK, FEAST), 41)


def grade(
    student: Student = WANG,
    assignment: Assignment = DEADLOCK,
    checks: tuple[CheckRecord, ...] | None = None,
    **changes: object,
) -> Grade:
    """A graded attempt; what is not given follows from the checks."""
    checks = (STUCK, BROKEN, TALK, FEAST) if checks is None else checks
    raw = sum((c.points for c in checks), Decimal(0))
    hidden = frozenset(c.name for c in assignment.checks if c.visibility != "visible")
    values: dict[str, object] = {
        "student": student,
        "assignment": assignment.name,
        "status": "graded",
        "commit": "c0ffee" + "0" * 34,
        "commit_date": NOON - timedelta(hours=2),
        "received_at": NOON,
        "raw": raw,
        "penalty": Decimal(0),
        "adjustment": Decimal(0),
        "total": None,
        "score": raw,
        "max": assignment.max_points,
        "late": Late(),
        "checks": checks,
        "grading": replace(GRADING, checks=checks),
        "attempt": 1,
        "file": "noodles.py",
        "snapshot": "5" * 64,
        "attempts": (AttemptSummary(1, "c0ffee" + "0" * 34, "7" * 40, NOON, raw, counts=True),),
        "overrides": (),
        "comments": (),
        "extensions": (),
        "decisions": (),
        "notices": (),
        "problem": None,
        "hidden": hidden,
        "is_released": not hidden,
        "is_proved": True,
    }
    return Grade(**{**values, **changes})  # type: ignore[arg-type]


def open_grade(**changes: object) -> Grade:
    """Released: nothing is hidden any more."""
    return grade(hidden=frozenset(), is_released=True, **changes)


def nothing(student: Student = OUYANG, status: str = "missing", **changes: object) -> Grade:
    """Nothing graded."""
    return grade(
        student,
        checks=(),
        status=status,
        commit=None,
        commit_date=None,
        received_at=None,
        grading=None,
        attempt=0,
        file="",
        snapshot="",
        attempts=(),
        **changes,
    )


ACT = Act("李老师", NOON, "讲得很清楚")
COMMENT = Comment(check="", line=0, text="第二个函数\n<b>再看一遍</b>", version=1, attempt=1, act=ACT)
LINE_COMMENT = Comment(
    check="test_no_schedule_deadlocks", line=12, text="这里先拿了叉子", version=1, attempt=1, act=ACT
)
HIDDEN_COMMENT = Comment(check="test_secret_feast", line=0, text="SECRETLITERAL 没吃上", version=1, attempt=1, act=ACT)
ADJUST = Override("adjust", "", Decimal("1.5"), 1, 1, ACT)
EXTENSION = Extension(DUE + timedelta(days=2), 1, ACT)
MATERIAL = Material({"noodles.py": NOODLES.encode()})
ZH = Reader("zh", NOON)
EN = Reader("en", NOON)
STAFF = Reader("zh", NOON, "staff")
TEST = TestFunction()
