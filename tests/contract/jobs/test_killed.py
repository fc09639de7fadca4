import random
import signal
import subprocess
import sys
import time
from collections import Counter

import psutil
import pytest
from jobs_world import ENVIRONMENT, HERE, NAMES, PYTHON, make_course, students
from sqlalchemy import select

from grader.course.version import Version
from grader.store import models
from grader.store.grades import grades
from grader.store.store import Store, utc_now

CLASS = 12
DEADLINE = 240  # seconds; generous, nothing is measured


def start_batch(course, home, count=CLASS):
    import os

    command = [sys.executable, str(HERE / "jobs_world.py"), str(course.root), str(home), str(count)]
    return subprocess.Popen(command, env={**os.environ, **ENVIRONMENT})


def kin(process):
    try:
        return psutil.Process(process.pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return []


def until(condition):
    end = time.monotonic() + DEADLINE
    while not condition():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.01)


def gradings(home):
    with Store.open(home) as store, store.read() as session:
        return session.scalars(select(models.GradingRow)).all()


def check_class(course, home):
    """Everybody has exactly one grading for each exercise, of the right snapshot, and nothing is open."""
    found = Counter(g.attempt_id for g in gradings(home))
    with Store.open(home) as store:
        with store.read() as session:
            attempts = {a.id: (a.student, a.assignment) for a in session.scalars(select(models.Attempt))}
            assert {w.state for w in session.scalars(select(models.Work))} == {"done"}
        assert sorted(attempts.values()) == sorted((s.id, n) for s in students(CLASS) for n in NAMES)
        assert found == Counter(dict.fromkeys(attempts, 1))
        made = grades(store, course, utc_now(), students=students(CLASS))
    assert {(g.status, g.score) for g in made} == {("graded", 4)}
    executions = {name: Version.of(course, name).execution_digest(PYTHON) for name in NAMES}
    assert all(g.grading.execution == executions[g.assignment] for g in made)


def kill_sometimes(course, home, seed, rounds):
    """Start the batch again and again; kill it, or a worker of it, after a random number of gradings, at a random moment."""
    rng = random.Random(seed)
    for _ in range(rounds):
        process = start_batch(course, home)
        enough = len(gradings(home)) + rng.randrange(4) if (home / "grader.sqlite").exists() else rng.randrange(4)
        family = []

        def is_time(process=process, enough=enough, family=family):
            family[:] = kin(process) or family
            return process.poll() is not None or len(gradings(home)) >= enough

        until(is_time)
        time.sleep(rng.random() * 0.2)
        workers = kin(process)
        if workers and rng.random() < 0.5:  # a worker: the batch itself must go on
            workers[rng.randrange(len(workers))].send_signal(signal.SIGKILL)
            time.sleep(rng.random() * 0.2)
        family += [p for p in kin(process) if p not in family]
        process.kill()
        process.wait()
        until(lambda family=family: not any(p.is_running() and p.status() != psutil.STATUS_ZOMBIE for p in family))


@pytest.mark.parametrize("seed", [1, 2])
def test_a_batch_killed_at_any_moment_loses_and_doubles_nothing(tmp_path, seed):
    """Four kills each at random moments, of the batch or of a worker; run once more, everybody has one grading each."""
    course, home = make_course(tmp_path / "course"), tmp_path / "home"
    home.mkdir()
    kill_sometimes(course, home, seed, 4)
    last = start_batch(course, home)
    assert last.wait(DEADLINE) == 0
    check_class(course, home)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(100, 125))
def test_a_hundred_kills_lose_and_double_nothing(tmp_path, seed):
    """The same, a hundred times."""
    course, home = make_course(tmp_path / "course"), tmp_path / "home"
    home.mkdir()
    kill_sometimes(course, home, seed, 4)
    last = start_batch(course, home)
    assert last.wait(DEADLINE) == 0
    check_class(course, home)


def test_a_killed_worker_costs_the_batch_nothing(tmp_path):
    """One worker dies by kill -9 in the middle: the batch replaces it, ends by itself, and everybody is graded once."""
    course, home = make_course(tmp_path / "course"), tmp_path / "home"
    home.mkdir()
    process = start_batch(course, home)
    until(lambda: (home / "grader.sqlite").exists() and len(gradings(home)) >= 2)
    for child in kin(process)[:1]:
        child.kill()
    assert process.wait(DEADLINE) == 0
    check_class(course, home)


def test_workers_die_with_their_batch(tmp_path):
    """Nothing goes on after kill -9 of the batch."""
    course, home = make_course(tmp_path / "course"), tmp_path / "home"
    home.mkdir()
    process = start_batch(course, home)
    until(lambda: (home / "grader.sqlite").exists() and len(gradings(home)) >= 1)
    family = kin(process)
    assert family
    process.kill()
    process.wait()
    until(lambda: not any(p.is_running() and p.status() != psutil.STATUS_ZOMBIE for p in family))


def test_two_batches_beside_each_other_do_the_work_once(tmp_path):
    """A second batch on the same database at the same time: both end well, nothing is doubled."""
    course, home = make_course(tmp_path / "course"), tmp_path / "home"
    home.mkdir()
    both = [start_batch(course, home), start_batch(course, home)]
    assert [process.wait(DEADLINE) for process in both] == [0, 0]
    check_class(course, home)
