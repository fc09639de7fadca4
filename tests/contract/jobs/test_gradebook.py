from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from jobs_world import NAMES, PYTHON, make_course
from sqlalchemy import event

from grader.course.roster import Student
from grader.course.version import Version
from grader.errors import UsageError
from grader.jobs import work
from grader.judge.records import CheckRecord, Grading
from grader.judge.verdicts import Verdict
from grader.language import say
from grader.store import acts
from grader.store.facts import Sight, apply_roster, record_attempt, record_receipt
from grader.store.grades import find_student, grade, grades
from grader.store.store import Store

NOW = datetime(2026, 12, 1, 10, tzinfo=UTC)


def fill(store, course, count, attempts=1):
    """A roster and, for everybody and each exercise, graded attempts."""
    versions = {name: Version.of(course, name) for name in course.assignments()}
    who = [Student(f"s{k:04}", "王小明", repository=f"https://gitee.com/c/s{k:04}") for k in range(count)]
    apply_roster(store, who, by="i", reason="term", now=NOW)
    with store.write() as session:
        for student in who:
            for n in range(attempts):
                at = NOW + timedelta(minutes=n)
                sight = Sight(student.id, student.repository, f"{student.id}-{n}", "main", NOW, at, "submit")
                receipt = record_receipt(session, sight)
                for name, version in versions.items():
                    execution = version.execution_digest(PYTHON)
                    row = record_attempt(
                        session,
                        receipt,
                        assignment=name,
                        tree=f"t{n}",
                        snapshot=f"{student.id}-{n}",
                        file="a.py",
                        notices=[],
                        at=at,
                    )
                    work.enqueue(
                        session, row, snapshot=f"{student.id}-{n}", version=version.digest, execution=execution, now=at
                    )
    while held := work.claim(store, "w", NOW + timedelta(days=1)):
        checks = tuple(
            CheckRecord(c.name, Verdict.PASS, c.points, c.points, say("x").both())
            for c in versions[held.assignment].assignment.checks
        )
        work.finish(
            store, held, Grading(held.execution, held.snapshot, "fake", PYTHON, checks, 1), NOW + timedelta(hours=1)
        )
    return who


def queries(store, function):
    found = []

    def note(connection, cursor, statement, *_):
        found.append(statement)

    event.listen(store.engine, "before_cursor_execute", note)
    try:
        function()
    finally:
        event.remove(store.engine, "before_cursor_execute", note)
    return found


@pytest.mark.parametrize("slip", [0, 3])
def test_the_number_of_queries_does_not_depend_on_the_class(tmp_path, slip):
    """Two students and sixty, one exercise or all, one student or everybody: the same statements."""
    course = make_course(tmp_path / "course", slip=slip)
    counted = []
    for count in (2, 60):
        with Store.open(tmp_path / f"home{count}") as store:
            who = fill(store, course, count)
            counted.append(len(queries(store, lambda s=store: grades(s, course, NOW))))
            counted.append(
                len(queries(store, lambda s=store, w=who: grade(s, course, NOW, student=w[0], name=NAMES[0])))
            )
    assert len(set(counted)) == 1
    assert counted[0] <= 20


@pytest.mark.soak
def test_a_thousand_students_take_the_same_queries_as_ten(tmp_path):
    """The class page at 1,000 students."""
    course = make_course(tmp_path / "course", slip=3)
    counted = []
    for count in (10, 1000):
        with Store.open(tmp_path / f"home{count}") as store:
            fill(store, course, count)
            counted.append(len(queries(store, lambda s=store: grades(s, course, NOW))))
    assert counted[0] == counted[1]


def test_slip_days_go_to_the_earliest_due_date_of_all_exercises(tmp_path):
    """Asked about one exercise, the grade knows that the slip days went to another one."""
    course = make_course(tmp_path / "course", slip=2)
    path = course.root / "assignments" / "child-pid.yaml"
    path.write_text(path.read_text() + "due: 2026-11-29 23:59\n")
    from grader.course.course import load_course

    course = load_course(course.root)
    with Store.open(tmp_path / "home") as store:
        (student,) = fill(store, course, 1)
        early = grade(store, course, NOW, student=student, name="child-pid")
        assert (early.late.state, early.late.slip_days, early.score) == ("late", 2, 10)
        moved = "due: 2026-11-30 12:00\n"
        other = course.root / "assignments" / "argv-login.yaml"
        other.write_text(other.read_text() + moved)
        course = load_course(course.root)
        late = grade(store, course, NOW, student=student, name="argv-login")
        assert (late.late.slip_days, late.late.days, late.score) == (0, 2, 8)


def test_all_pages_show_the_same_grade(tmp_path):
    """One student asked alone, and in the class: equal in every field, human acts included."""
    course = make_course(tmp_path / "course", slip=3)
    with Store.open(tmp_path / "home") as store:
        who = fill(store, course, 3, attempts=2)
        signed = {"by": "ta", "reason": "r", "now": NOW}
        acts.override(store, student="s0001", assignment=NAMES[0], check="right", points=Decimal("1.5"), **signed)
        acts.override(store, student="s0001", assignment=NAMES[0], kind="adjust", points=Decimal(-1), **signed)
        acts.comment(store, student="s0001", assignment=NAMES[0], text="看这里", by="ta", now=NOW, line=3)
        acts.extend(store, student="s0001", assignment=NAMES[0], until=NOW + timedelta(days=9), **signed)
        acts.decide(store, student="s0001", assignment=NAMES[0], value="on_time", **signed)
        together = {(g.student.id, g.assignment): g for g in grades(store, course, NOW)}
        assert len(together) == 6
        for student in who:
            for name in NAMES:
                assert grade(store, course, NOW, student=student, name=name) == together[student.id, name]
        mine = together["s0001", NAMES[0]]
        assert (mine.raw, mine.adjustment, mine.score) == (Decimal("7.5"), -1, Decimal("6.5"))
        assert (len(mine.overrides), len(mine.comments), len(mine.extensions), len(mine.decisions)) == (2, 1, 1, 1)


def test_somebody_who_is_not_on_the_list_is_found(tmp_path):
    """A student graded by URL has grades too, but no row in the class."""
    course = make_course(tmp_path / "course")
    with Store.open(tmp_path / "home") as store:
        fill(store, course, 1)
        with store.write() as session:
            receipt = record_receipt(session, Sight("guest", "r", "c", "main", None, NOW, "grade"))
            record_attempt(
                session, receipt, assignment=NAMES[0], tree="t", snapshot="s", file="a.py", notices=[], at=NOW
            )
        assert {g.student.id for g in grades(store, course, NOW)} == {"s0000"}
        guest = find_student(store, "guest")
        assert grade(store, course, NOW, student=guest, name=NAMES[0]).status == "pending"


def test_the_order_is_the_courses_then_the_students(tmp_path):
    """Grades come sorted: exercises as the course orders them, students by id."""
    course = make_course(tmp_path / "course")
    with Store.open(tmp_path / "home") as store:
        fill(store, course, 3)
        found = [(g.assignment, g.student.id) for g in grades(store, course, NOW, names=reversed(NAMES))]
    assert found == [(n, s) for n in course.assignments() for s in ("s0000", "s0001", "s0002")]


def test_an_exercise_that_does_not_exist_is_a_wrong_use(tmp_path):
    """A wrong name is an error and never an empty answer."""
    course = make_course(tmp_path / "course")
    with Store.open(tmp_path / "home") as store, pytest.raises(UsageError):
        grades(store, course, NOW, names=["argv-logim"])
