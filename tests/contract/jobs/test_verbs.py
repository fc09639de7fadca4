import sqlite3
import tarfile
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from jobs_world import ENVIRONMENT, NAMES, PYTHON, TOOLS, FakeIntake, judged, make_course, run_batch, students
from sqlalchemy import func, select

from grader.errors import ConflictError, IntakeError, StoreError, UsageError
from grader.intake.snapshot import Snapshot
from grader.jobs import verbs, work
from grader.jobs.batch import collect
from grader.language import say
from grader.store import acts, keeping, models, regrades
from grader.store.grades import grades
from grader.store.store import Store, utc_now

SIGNED = {"by": "ta-li", "reason": "the tests were unfair"}
NAME = NAMES[0]


@pytest.fixture
def course(tmp_path):
    return make_course(tmp_path / "course")


@pytest.fixture
def home(tmp_path):
    (tmp_path / "home").mkdir()
    return tmp_path / "home"


@pytest.fixture
def store(home):
    with Store.open(home) as opened:
        yield opened


def scores(store, course, who):
    return [(g.status, g.score) for g in grades(store, course, utc_now(), names=[NAME], students=who)]


def work_off(store, home, ids):
    return verbs.work_off(store, home, "fake", ids=ids, workers=1, tools=TOOLS, environment=ENVIRONMENT)


def worth_all(course):
    """The exercise changes so that the second check is one that the fake judge passes, too."""
    path = course.root / "assignments" / f"{NAME}.yaml"
    text = path.read_text()
    path.write_text(text.replace("  wrong: {points: 6,", "  also: {points: 6,").replace("exit: 1}", "exit: 2}"))


def opened(course, store, home, who):
    number, ids = verbs.regrade(course, NAME, store=store, home=home, python=PYTHON, students=who, **SIGNED)
    found = work_off(store, home, ids)
    assert (found.done, found.expected) == (len(who), len(who))
    return number


def test_a_regrade_is_shown_old_against_new_and_changes_nothing_until_applied(course, home, store):
    """Grades stand while the set runs and while it is looked at; applying changes all of them at once."""
    who = students(3)
    run_batch(course, store, home, who, FakeIntake(home), names=[NAME])
    worth_all(course)
    before = scores(store, course, who)
    number = opened(course, store, home, who)
    preview = regrades.preview(store, number)
    assert (preview.state, preview.expected, preview.done) == ("open", 3, 3)
    assert [(c.student, c.attempt, c.changed) for c in preview.changes] == [(s.id, 1, ("also", "wrong")) for s in who]
    assert scores(store, course, who) == before
    ended = verbs.finish_regrade(store, number, apply=True, **SIGNED)
    assert (ended.state, [c.changed for c in ended.changes]) == ("applied", [c.changed for c in preview.changes])
    assert not any("older version" in str(n) for g in grades(store, course, utc_now(), names=[NAME]) for n in g.notices)
    assert {g.checks[1].test for g in grades(store, course, utc_now(), names=[NAME], students=who)} == {"also"}


def test_a_dropped_regrade_never_counts(course, home, store):
    """Dropped: the grades are what they were, for good; the set can be looked at still."""
    who = students(2)
    run_batch(course, store, home, who, FakeIntake(home), names=[NAME])
    before = grades(store, course, utc_now(), names=[NAME], students=who)
    number = opened(course, store, home, who)
    assert verbs.finish_regrade(store, number, apply=False, **SIGNED).state == "dropped"
    after = grades(store, course, utc_now(), names=[NAME], students=who)
    assert [g.grading for g in after] == [g.grading for g in before]
    with store.read() as session:
        assert session.scalar(select(func.count()).select_from(models.GradingRow)) == 4


def test_a_set_is_ended_once_and_one_is_open_at_a_time(course, home, store):
    """A second set for the exercise, and a second end, are conflicts that name who was first."""
    who = students(1)
    run_batch(course, store, home, who, FakeIntake(home), names=[NAME])
    number = opened(course, store, home, who)
    assert regrades.open_sets(store) == (number,)
    with pytest.raises(ConflictError, match="ta-li"):
        verbs.regrade(course, NAME, store=store, home=home, python=PYTHON, **SIGNED)
    verbs.finish_regrade(store, number, apply=False, **SIGNED)
    with pytest.raises(ConflictError, match="dropped by ta-li"):
        verbs.finish_regrade(store, number, apply=True, **SIGNED)
    assert regrades.open_sets(store) == ()
    with pytest.raises(StoreError):
        regrades.preview(store, 99)


def test_an_incomplete_set_is_not_applied_by_accident(course, home, store):
    """One of two is still open: refused; as a part, what is open never counts later."""
    who = students(2)
    run_batch(course, store, home, who, FakeIntake(home), names=[NAME])
    number, _ = verbs.regrade(course, NAME, store=store, home=home, python=PYTHON, students=who, **SIGNED)
    late = work.claim(store, "w", utc_now())
    with pytest.raises(StoreError, match="0 of 2"):
        verbs.finish_regrade(store, number, apply=True, **SIGNED)
    verbs.finish_regrade(store, number, apply=True, is_partial=True, **SIGNED)
    assert not work.finish(
        store, late, grades(store, course, utc_now(), names=[NAME], students=who)[0].grading, utc_now()
    )
    assert work.claim(store, "w", utc_now()) is None


def test_a_regrade_that_fails_leaves_the_grades_standing(course, home, store, monkeypatch):
    """Technical failure in a regrade: nobody's score moves, human points included, and the set says why."""
    who = students(1)
    intake = FakeIntake(home)
    run_batch(course, store, home, who, intake, names=[NAME])
    acts.override(store, student="s00", assignment=NAME, kind="adjust", points=Decimal(5), **SIGNED, now=utc_now())
    before = scores(store, course, who)
    number, ids = verbs.regrade(course, NAME, store=store, home=home, python=PYTHON, students=who, **SIGNED)
    found = verbs.work_off(
        store, home, "fake", ids=ids, workers=1, tools="jobs_world:full_disk_tools", environment=ENVIRONMENT
    )
    assert found.stopped == 1
    assert scores(store, course, who) == before == [("graded", 9)]
    (change,) = regrades.preview(store, number).changes
    assert "disk" in str(change.failure)
    verbs.finish_regrade(store, number, apply=True, is_partial=True, **SIGNED)
    assert scores(store, course, who) == before


def test_human_points_survive_an_applied_regrade(course, home, store):
    """Manual +5 with a reason, then a regrade: the machine's part is new, the +5 stands."""
    who = students(1)
    run_batch(course, store, home, who, FakeIntake(home), names=[NAME])
    acts.override(store, student="s00", assignment=NAME, kind="adjust", points=Decimal(5), **SIGNED, now=utc_now())
    acts.comment(store, student="s00", assignment=NAME, text="good", by="ta-li", now=utc_now())
    verbs.finish_regrade(store, opened(course, store, home, who), apply=True, **SIGNED)
    (grade,) = grades(store, course, utc_now(), names=[NAME], students=who)
    assert (grade.adjustment, grade.score, grade.comments[0].text) == (5, 9, "good")


def test_the_chosen_attempt_is_the_one_that_is_regraded(course, home, store):
    """A newer push waits: the regrade runs the snapshot that counts, not what is in the repository now."""
    who, intake = students(1), FakeIntake(home)
    run_batch(course, store, home, who, intake, names=[NAME])
    counted = judged(home)[0].split()[2]
    intake.repositories["s00"] = {NAME: "print('newer')"}
    collect(course, who, store=store, intake=intake)
    opened(course, store, home, who)
    assert [line.split()[2] for line in judged(home)] == [counted, counted]


def test_retry_starts_stopped_jobs_anew(course, home, store):
    """The disk was full and is not any more: retry by name, and everybody is graded; what was done is not."""
    who = students(2)
    run_batch(course, store, home, who, FakeIntake(home), names=[NAME], tools="jobs_world:full_disk_tools")
    assert scores(store, course, who) == [("infra", 0)] * 2
    ids = verbs.retry(store, **SIGNED, student="s01")
    assert work_off(store, home, ids).done == 1
    assert scores(store, course, who) == [("infra", 0), ("graded", 4)]
    assert len(verbs.retry(store, **SIGNED)) == 1
    with store.read() as session:
        assert [e.about.split()[0] for e in session.scalars(select(models.Event))] == ["s01", "s00"]


def test_missing_names_those_who_handed_in_nothing(course, home, store):
    """Nothing there and never looked at are missing; an unreachable host is not."""
    from grader.errors import InfrastructureError

    who = students(4)
    intake = FakeIntake(home, {"s01": {NAME: None}, "s02": InfrastructureError(say("down"))})
    run_batch(course, store, home, who[:3], intake, names=[NAME])
    found = verbs.missing(store, course, utc_now(), names=[NAME], students=who)
    assert [g.student.id for g in found] == ["s01", "s03"]


def test_collect_pins_and_grades_nothing(course, home, store):
    """Collected at the due time, graded ten minutes later by a batch: nobody is late; a later push is."""
    due = course.due(NAME)
    who, intake = students(2), FakeIntake(home)
    rows = collect(course, who, store=store, intake=intake, clock=lambda: due + timedelta(seconds=30))
    assert {r.outcome for r in rows} == {"pinned"}
    assert judged(home) == []
    intake.repositories["s01"] = {NAME: "print('after the deadline')"}
    run_batch(course, store, home, who, intake, names=[NAME], clock=lambda: due + timedelta(minutes=11))
    first, second = grades(store, course, utc_now(), names=[NAME], students=who)
    assert (first.late.state, first.received_at) == ("on_time", (due + timedelta(seconds=30)).astimezone(UTC))
    assert (second.late.state, second.late.days) == ("late", 1)


@pytest.mark.parametrize("since", [{NAME: "print('pushed over')"}, {NAME: None}, IntakeError(say("closed"))])
def test_what_was_collected_is_graded_whatever_happened_to_the_repository_since(course, home, store, since):
    """Pushed over, emptied or closed after it was collected: the collected work is graded, and it was in time."""
    due = course.due(NAME)
    who, intake = students(1), FakeIntake(home)
    collect(course, who, store=store, intake=intake, clock=lambda: due)
    collected = Snapshot("argv_login.py", {"argv_login.py": f"print('s00 {NAME}')\n".encode()}).digest
    intake.repositories["s00"] = since
    run_batch(course, store, home, who, intake, names=[NAME], clock=lambda: due + timedelta(days=9))
    assert collected in {line.split()[2] for line in judged(home)}
    (grade,) = grades(store, course, utc_now(), names=[NAME], students=who)
    assert (grade.status, grade.snapshot, grade.late.state, grade.score) == ("graded", collected, "on_time", 4)


def test_without_a_pin_a_batch_after_the_due_time_makes_nobody_late(course, home, store):
    """Nobody looked at the due time: unknown, no penalty."""
    who = students(1)
    run_batch(
        course, store, home, who, FakeIntake(home), names=[NAME], clock=lambda: course.due(NAME) + timedelta(minutes=11)
    )
    (grade,) = grades(store, course, utc_now(), names=[NAME], students=who)
    assert (grade.late.state, grade.score) == ("unknown", 4)


def test_nothing_at_the_due_time_is_proof_of_lateness_too(course, home, store):
    """The repository was there without the file when it was collected: work that came later came late."""
    due = course.due(NAME)
    who, intake = students(1), FakeIntake(home, {"s00": {NAME: None}})
    collect(course, who, store=store, intake=intake, clock=lambda: due + timedelta(seconds=30))
    intake.repositories.clear()
    run_batch(course, store, home, who, intake, names=[NAME], clock=lambda: due + timedelta(minutes=11))
    (grade,) = grades(store, course, utc_now(), names=[NAME], students=who)
    assert grade.late.state == "late"


def test_a_cap_of_attempts_a_day_saves_the_run(tmp_path, home, store):
    """The third push of a day is recorded, not run, and named in its row."""
    course = make_course(tmp_path / "capped", per_day=2)
    intake, outcomes = FakeIntake(home), []
    for n in range(3):
        intake.repositories["s00"] = {NAME: f"print({n})"}
        outcomes += run_batch(course, store, home, students(1), intake, names=[NAME], how="submit")
    assert [r.outcome for r in outcomes] == ["graded", "graded", "capped"]
    (grade,) = grades(store, course, utc_now(), names=[NAME], students=students(1))
    assert (grade.attempt, len(grade.attempts), len(judged(home))) == (2, 3, 2)


def test_a_backup_restores_everything(course, home, store, tmp_path):
    """Database, snapshots and versions come back; nothing is overwritten on the way."""
    who = students(2)
    run_batch(course, store, home, who, FakeIntake(home), names=[NAME])
    target = tmp_path / "backup.tar.gz"
    keeping.backup(store, home, target, **SIGNED, now=utc_now())
    with pytest.raises(UsageError):
        keeping.backup(store, home, target, **SIGNED, now=utc_now())
    other = tmp_path / "other"
    keeping.restore(target, other)
    now = datetime(2026, 12, 9, tzinfo=UTC)
    with Store.open(other) as copy:
        expected = grades(store, course, now, names=[NAME], students=who)
        assert grades(copy, course, now, names=[NAME], students=who) == expected
    assert all(Snapshot.load(other, g.snapshot).digest == g.snapshot for g in expected)
    with pytest.raises(UsageError):
        keeping.restore(target, other)
    assert not list(home.glob("backup-*")) + list(tmp_path.glob(".*unfinished"))


@pytest.mark.parametrize("content", [b"", b"no tar at all", "tar without a database"])
def test_what_is_no_backup_is_not_restored(tmp_path, content):
    """Garbage is a wrong use, and leaves no half of a home behind."""
    source = tmp_path / "backup.tar.gz"
    if isinstance(content, bytes):
        source.write_bytes(content)
    else:
        with tarfile.open(source, "w:gz") as tar:
            tar.add(__file__, "something.py")
    with pytest.raises(UsageError):
        keeping.restore(source, tmp_path / "home")
    assert list((tmp_path / "home").iterdir()) == []


def test_a_forgotten_student_is_gone_from_every_file(course, home, store):
    """No row, no snapshot of their own, no byte of the name in the database file; a shared snapshot and the others stay."""
    who = students(3)
    intake = FakeIntake(
        home, {"s00": {NAME: "print('only mine')"}, **{s: {NAME: "print('shared')"} for s in ("s01", "s02")}}
    )
    run_batch(course, store, home, who, intake, names=[NAME])
    acts.comment(store, student="s00", assignment=NAME, text="zebra crossing", by="ta", now=utc_now())
    snapshots = {g.student.id: g.snapshot for g in grades(store, course, utc_now(), names=[NAME], students=who)}
    others = grades(store, course, datetime(2026, 12, 9, tzinfo=UTC), names=[NAME], students=who[1:])
    removed = verbs.forget(course, store, home, "s00", **SIGNED)
    assert (removed.snapshots, removed.repositories) == (1, ("https://gitee.com/class/s00",))
    assert not (home / "snapshots" / snapshots["s00"]).exists()
    verbs.forget(course, store, home, "s01", **SIGNED)
    assert (home / "snapshots" / snapshots["s02"]).exists()
    assert grades(store, course, datetime(2026, 12, 9, tzinfo=UTC), names=[NAME], students=who[2:]) == others[1:]
    with store.read() as session:
        for table in models.Base.metadata.sorted_tables:
            if "student" in table.c:
                assert {row.student for row in session.execute(select(table))} <= {"s02"}
    stored = b"".join(path.read_bytes() for path in home.glob("grader.sqlite*"))
    assert b"zebra" not in stored
    assert b"class/s00" not in stored
    with pytest.raises(StoreError):
        verbs.forget(course, store, home, "s00", **SIGNED)


def test_clean_removes_what_nothing_refers_to_and_nothing_fresh(course, home, store):
    """An old snapshot, version and mirror without any fact go; used ones and ones just written stay."""
    import os

    run_batch(course, store, home, students(1), FakeIntake(home), names=[NAME])
    lost, fresh = Snapshot("a.py", {"a.py": b"1"}).save(home), Snapshot("a.py", {"a.py": b"2"}).save(home)
    old_version, mirror = home / "versions" / ("0" * 64), home / "mirrors" / ("0" * 40)
    for folder in (old_version, mirror):
        folder.mkdir(parents=True)
    used = [
        p for name in ("snapshots", "versions") for p in (home / name).iterdir() if p not in (lost, fresh, old_version)
    ]
    for path in (lost, old_version, mirror, *used):
        os.utime(path, (0, 0))
    removed, mirrors = verbs.clean(course, store, home)
    assert (removed.snapshots, removed.versions, mirrors) == (1, 1, 1)
    assert fresh.exists()
    assert all(path.exists() for path in used)
    assert not any(path.exists() for path in (lost, old_version, mirror))


def test_a_restored_database_is_sound(course, home, store, tmp_path):
    """Backed up while a writer is in the middle of something: the copy is one moment's."""
    run_batch(course, store, home, students(1), FakeIntake(home), names=[NAME])
    with Store.open(home) as second:
        keeping.backup(second, home, tmp_path / "b.tar.gz", **SIGNED, now=utc_now())
        with store.write() as session:
            acts.note_event(session, kind="late", about="x", by="ta", reason="r", now=utc_now())
    keeping.restore(tmp_path / "b.tar.gz", tmp_path / "copy")
    connection = sqlite3.connect(tmp_path / "copy" / "grader.sqlite")
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert connection.execute("SELECT count(*) FROM events WHERE kind = 'late'").fetchone() == (0,)
    connection.close()
