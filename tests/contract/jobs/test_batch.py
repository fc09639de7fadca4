import os
import subprocess
import threading
import time
from collections import Counter

import psutil
import pytest
from jobs_world import NAMES, FakeIntake, judged, make_course, run_batch, students
from sqlalchemy import func, select

from grader.course.roster import Student
from grader.errors import InfrastructureError, IntakeError
from grader.language import say
from grader.store import models
from grader.store.grades import grades
from grader.store.store import Store, utc_now


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


def number_of(store, model):
    with store.read() as session:
        return session.scalar(select(func.count()).select_from(model))


def test_a_class_is_graded_and_every_row_is_there(course, home, store):
    """Five students and two exercises give ten gradings and ten rows; each repository was looked at once."""
    who, intake = students(5), FakeIntake(home)
    seen = []
    rows = run_batch(course, store, home, who, intake, progress=seen.append)
    assert [(r.student, r.assignment, r.outcome) for r in rows] == [(s.id, n, "graded") for s in who for n in NAMES]
    assert sorted(intake.looks) == [s.id for s in who]
    assert number_of(store, models.GradingRow) == 10
    assert (seen[-1].students, seen[-1].looked_at, seen[-1].expected, seen[-1].done) == (5, 5, 10, 10)
    assert {(g.status, g.score) for g in grades(store, course, utc_now(), students=who)} == {("graded", 4)}


def test_a_bad_row_is_a_row_and_never_the_end(course, home, store):
    """Missing file, unreachable host, a fault of our own, no repository at all: each is a row, and the others are graded."""
    who = students(6)
    intake = FakeIntake(home)
    intake.repositories = {
        "s00": {"argv-login": None},
        "s01": InfrastructureError(say("host does not answer")),
        "s02": RuntimeError("a fault of ours"),
        "s03": IntakeError(say("no repository"), remedy=say("push")),
        "s04": {"argv-login": "boom"},
    }
    rows = {(r.student, r.assignment): r for r in run_batch(course, store, home, who, intake)}
    assert len(rows) == 12
    assert [rows[s, "argv-login"].outcome for s in ("s00", "s01", "s02", "s03", "s04", "s05")] == [
        "missing", "infra", "infra", "missing", "stopped", "graded",
    ]  # fmt: skip
    assert str(rows["s00", "argv-login"].message) == "no argv-login push it"
    assert "boom" in str(rows["s04", "argv-login"].message)
    assert rows["s00", "child-pid"].outcome == "graded"
    status = {(g.student.id, g.assignment): g.status for g in grades(store, course, utc_now(), students=who)}
    assert [status[s, "argv-login"] for s in ("s00", "s01", "s03", "s04", "s05")] == [
        "missing", "infra", "missing", "infra", "graded",
    ]  # fmt: skip


def test_a_second_batch_runs_nothing_that_was_graded(course, home, store):
    """The same class again: every row is there and nothing was judged twice; one new push is judged alone."""
    who, intake = students(3), FakeIntake(home)
    run_batch(course, store, home, who, intake)
    before = judged(home)
    again = run_batch(course, store, home, who, intake)
    assert {r.outcome for r in again} == {"already"}
    assert judged(home) == before
    intake.repositories["s01"] = {"argv-login": "print('better')"}
    run_batch(course, store, home, who, intake)
    assert [line.split()[:2] for line in judged(home)[len(before) :]] == [["s01", "argv-login"]]
    assert number_of(store, models.Attempt) == 7


def test_an_unrelated_push_is_no_new_attempt(course, home, store):
    """Pushing another day's file makes a new commit and a new receipt, but no attempt and no run for this day."""
    who, intake = students(1), FakeIntake(home)
    run_batch(course, store, home, who, intake)
    intake.repositories["s00"] = {"child-pid": "print('new')"}
    run_batch(course, store, home, who, intake)
    assert number_of(store, models.Receipt) == 2
    with store.read() as session:
        attempts = session.execute(select(models.Attempt.assignment, models.Attempt.number)).all()
    assert sorted(attempts) == [("argv-login", 1), ("child-pid", 1), ("child-pid", 2)]


def test_the_same_files_of_two_students_are_graded_for_each(course, home, store):
    """An identical copy shares no grading: inputs depend on the student."""
    who, intake = students(2), FakeIntake(home)
    intake.repositories = {s.id: {"argv-login": "print('same')"} for s in who}
    run_batch(course, store, home, who, intake, names=["argv-login"])
    assert sorted(line.split()[0] for line in judged(home)) == ["s00", "s01"]
    assert number_of(store, models.GradingRow) == 2


def test_a_changed_exercise_runs_only_what_was_never_graded(course, home, store, tmp_path):
    """New files for an exercise regrade nobody by themselves; whoever is new is graded with them; one asked for by name runs."""
    who, intake = students(2), FakeIntake(home)
    run_batch(course, store, home, who[:1], intake, names=["argv-login"])
    path = course.root / "assignments" / "argv-login.yaml"
    path.write_text(path.read_text() + "files: {names.txt: alice}\n")
    rows = run_batch(course, store, home, who, intake, names=["argv-login"])
    assert [r.outcome for r in rows] == ["already", "graded"]
    assert len(judged(home)) == 2
    old, new = grades(store, course, utc_now(), names=["argv-login"], students=who)
    assert "older version" in str(old.notices[0])
    assert old.grading.execution != new.grading.execution
    asked = run_batch(course, store, home, who[:1], intake, names=["argv-login"], how="grade", is_asked=True)
    assert [r.outcome for r in asked] == ["graded"]


def test_points_and_due_dates_change_without_any_run(course, home, store):
    """Neither is in the execution digest: the batch says already, and the grade follows."""
    who, intake = students(1), FakeIntake(home)
    run_batch(course, store, home, who, intake, names=["argv-login"])
    path = course.root / "assignments" / "argv-login.yaml"
    path.write_text(path.read_text().replace("points: 4", "points: 5") + "due: 2026-12-05 23:59\n")
    assert [r.outcome for r in run_batch(course, store, home, who, intake, names=["argv-login"])] == ["already"]
    (grade,) = grades(store, course, utc_now(), names=["argv-login"], students=who)
    assert (grade.score, grade.max) == (5, 11)


def test_a_job_that_kills_its_worker_stops_at_the_cap_and_the_others_go_on(course, home, store):
    """Every start kills the worker: three starts, then it waits for a person; the class is graded all the same."""
    who, intake = students(4), FakeIntake(home)
    intake.repositories["s01"] = {"argv-login": "kill"}
    rows = {r.student: r for r in run_batch(course, store, home, who, intake, names=["argv-login"])}
    assert [rows[s.id].outcome for s in who] == ["graded", "stopped", "graded", "graded"]
    assert "3 of 3 times" in str(rows["s01"].message)
    assert sum(line.startswith("s01 ") for line in judged(home)) == 3
    (grade,) = grades(store, course, utc_now(), names=["argv-login"], students=who[1:2])
    assert grade.status == "infra"


def test_a_check_that_was_infra_is_repeated_alone_and_then_told(course, home, store):
    """A check the judge could not decide for our reason: repeated, then infra, with what the judge said kept beside it."""
    who, intake = students(2), FakeIntake(home)
    intake.repositories["s00"] = {"argv-login": "infra"}
    rows = run_batch(course, store, home, who, intake, names=["argv-login"])
    assert [r.outcome for r in rows] == ["stopped", "graded"]
    with store.read() as session:
        failures = session.scalars(select(models.Failure)).all()
        assert [f.checks[0]["verdict"] for f in failures] == ["infra"] * 3
        assert session.scalar(select(models.Work.alone).where(models.Work.student == "s00"))


def test_workers_that_cannot_start_are_an_error_that_says_so(course, home, store):
    """No worker ever becomes ready: InfrastructureError instead of a batch that never ends."""
    with pytest.raises(InfrastructureError, match="as soon as they are started"):
        run_batch(course, store, home, students(1), FakeIntake(home), workers=1, tools="jobs_world:no_such_tools")


def test_a_full_disk_stops_the_job_and_not_the_student(course, home, store):
    """Too little space: no job is started, the row says so, nobody gets a zero."""
    rows = run_batch(
        course, store, home, students(1), FakeIntake(home), names=["argv-login"], tools="jobs_world:full_disk_tools"
    )
    assert [r.outcome for r in rows] == ["stopped"]
    assert "disk is nearly full" in str(rows[0].message)
    assert judged(home) == []


def test_an_interrupted_batch_ends_its_workers_and_its_fetches(course, home, store):
    """Ctrl-C in the middle: no worker lives on, fetches are told to give up, and what was held is free again."""

    class Slow(FakeIntake):
        stop = threading.Event()

        def __call__(self, student, assignments):
            if student.id == "s02":
                assert self.stop.wait(120)
            return super().__call__(student, assignments)

    def interrupt(progress):
        if progress.done:
            raise KeyboardInterrupt

    before = psutil.Process().children()  # other tests may have left helpers of theirs
    with pytest.raises(KeyboardInterrupt):
        run_batch(course, store, home, students(3), Slow(home), progress=interrupt)
    assert Slow.stop.is_set()
    assert set(psutil.Process().children()) <= set(before)
    with store.read() as session:
        assert "running" not in set(session.scalars(select(models.Work.state)))


def test_a_host_that_limits_requests_in_mid_class_is_gone_on_with(course, home, store):
    """The host answers 429 after 8 of 20: eight are graded, twelve are told; the next run grades the twelve only."""
    who = students(20)
    limited = InfrastructureError(say("429: too many requests"))
    intake = FakeIntake(home, {s.id: limited for s in who[8:]})
    first = Counter(r.outcome for r in run_batch(course, store, home, who, intake, names=["argv-login"]))
    assert first == {"graded": 8, "infra": 12}
    intake.repositories.clear()
    second = Counter(r.outcome for r in run_batch(course, store, home, who, intake, names=["argv-login"]))
    assert second == {"already": 8, "graded": 12}
    assert len(judged(home)) == 20


def test_real_repositories_are_fetched_once_and_graded(course, home, store, tmp_path):
    """Two students' git repositories on this machine: both exercises from one fetch, the commit is named, a missing file is a row."""
    from grader.jobs.look import looking

    who, commits = [], []
    for k in range(2):
        folder = tmp_path / f"repository{k}"
        files = {"day31/argv_login.py": f"print({k})\n", "day32/child_pid.py": "print(1)\n"}
        commits.append(make_repository(folder, files if k == 0 else dict(list(files.items())[:1])))
        who.append(Student(f"s0{k}", "王小明", repository=str(folder)))
    intake = looking(course, home, allow_local=True)
    rows = run_batch(course, store, home, who, intake)
    assert [r.outcome for r in rows] == ["graded", "graded", "graded", "missing"]
    found = grades(store, course, utc_now(), names=["argv-login"], students=who)
    assert [g.commit for g in found] == commits
    again = run_batch(course, store, home, who, looking(course, home, allow_local=True))
    assert [r.outcome for r in again] == ["already", "already", "already", "missing"]
    assert number_of(store, models.Receipt) == 2


def make_repository(folder, files):
    def git(*arguments):
        environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "GIT_CONFIG_NOSYSTEM": "1"}
        who = ["-c", "user.name=s", "-c", "user.email=s@example.org", "-c", "commit.gpgsign=false"]
        command = ["git", *who, *arguments]
        return subprocess.run(command, cwd=folder, env=environment, check=True, capture_output=True, text=True).stdout

    folder.mkdir()
    git("init", "-q", "-b", "main")
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    git("add", ".")
    git("commit", "-q", "-m", "work")
    return git("rev-parse", "HEAD").strip()


def test_a_long_job_keeps_its_lease(course, home, store, monkeypatch):
    """While a worker is alive its owner renews the lease again and again, and the job is started once."""
    monkeypatch.setattr("grader.jobs.pool.BEAT", 0.0)
    leases, end = set(), time.monotonic() + 120

    def look(progress):
        with store.read() as session:
            leases.update(session.scalars(select(models.Work.lease_until).where(models.Work.state == "running")))
        if len(leases) >= 4 or time.monotonic() > end:
            (home / "go").touch()

    intake = FakeIntake(home, {"s00": {"argv-login": "wait"}})
    rows = run_batch(course, store, home, students(1), intake, names=["argv-login"], progress=look)
    assert [r.outcome for r in rows] == ["graded"]
    assert len(leases) >= 4
    with store.read() as session:
        assert session.scalars(select(models.Work.starts)).all() == [1]


def test_nothing_to_grade_starts_no_worker(course, home, store):
    """A class that was graded already, or handed in nothing, costs no process."""
    who, intake = students(2), FakeIntake(home, {"s00": {"argv-login": None}})
    run_batch(course, store, home, who, intake, names=["argv-login"])
    rows = run_batch(course, store, home, who, intake, names=["argv-login"], tools="jobs_world:no_such_tools")
    assert [r.outcome for r in rows] == ["missing", "already"]


def test_a_worker_that_hangs_is_ended_and_its_job_waits_for_a_person(course, home, store, monkeypatch):
    """A job that never ends cannot be kept for ever by a worker that is alive: killed, tried again, stopped at the cap."""
    monkeypatch.setattr("grader.jobs.pool.BEAT", 0.0)
    monkeypatch.setattr("grader.jobs.pool.LONGEST", 0.3)
    intake = FakeIntake(home, {"s00": {"argv-login": "wait"}})
    rows = run_batch(course, store, home, students(1), intake, names=["argv-login"])
    assert [r.outcome for r in rows] == ["stopped"]
    assert "3 of 3 times" in str(rows[0].message)
