from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from grader.jobs import work
from grader.judge.records import CheckRecord, Grading
from grader.judge.verdicts import Verdict
from grader.language import say
from grader.store import models
from grader.store.store import Store

NOW = datetime(2026, 12, 1, 16, 10, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.fixture
def store(tmp_path):
    with Store.open(tmp_path) as opened:
        yield opened


def attempt(store, student="s01", number=1, assignment="udp-collect"):
    with store.write() as session:
        row = models.Attempt(student=student, assignment=assignment, tree=f"{student}-{number}", number=number, at=NOW)
        session.add(row)
        session.flush()
        return row


def put(store, row, *, execution="e1", snapshot="snap", regrade=0, is_asked=False, now=NOW):
    with store.write() as session:
        job = work.enqueue(
            session,
            row,
            snapshot=snapshot,
            version="v1",
            execution=execution,
            now=now,
            regrade=regrade,
            is_asked=is_asked,
        )
        return None if job is None else job.id


def grading(execution="e1"):
    check = CheckRecord("test_a", Verdict.PASS, Decimal(2), Decimal(2), say("x").both())
    return Grading(
        execution=execution, snapshot="snap", sandbox="fake", python="3.11.2", checks=(check,), duration_ms=1
    )


def regrade_set(store):
    with store.write() as session:
        row = models.Regrade(assignment="udp-collect", by="ta", reason="r", at=NOW)
        session.add(row)
        session.flush()
        return row.id


def gradings(store):
    with store.read() as session:
        return session.scalars(select(models.GradingRow)).all()


def state(store, number):
    with store.read() as session:
        return session.get_one(models.Work, number).state


def test_five_equal_submissions_are_one_job(store):
    """Enqueueing the same attempt under the same execution digest again and again gives one job, also when it is done."""
    row = attempt(store)
    jobs = {put(store, row) for _ in range(5)}
    assert len(jobs) == 1
    held = work.claim(store, "w", NOW)
    assert work.finish(store, held, grading(), NOW)
    assert {put(store, row) for _ in range(5)} == jobs
    assert work.claim(store, "w", NOW) is None


def test_a_graded_attempt_is_not_graded_again_by_itself_when_the_exercise_changes(store):
    """A new execution digest runs nothing unless somebody asks for this submission by name."""
    row = attempt(store)
    put(store, row)
    work.finish(store, work.claim(store, "w", NOW), grading(), NOW)
    assert put(store, row, execution="e2") is None
    assert put(store, row, execution="e2", is_asked=True) is not None
    assert work.claim(store, "w", NOW).execution == "e2"


def test_of_two_waiting_versions_only_the_newer_runs(store):
    """The exercise changes while the job waits: one job, with the new version; changing back revives the first."""
    row = attempt(store)
    first = put(store, row)
    second = put(store, row, execution="e2")
    assert (state(store, first), state(store, second)) == ("dropped", "queued")
    assert put(store, row) == first
    assert (state(store, first), state(store, second)) == ("queued", "dropped")


def test_a_claim_finishes_once(store):
    """The second finish of one claim writes nothing."""
    put(store, attempt(store))
    held = work.claim(store, "w", NOW)
    assert work.finish(store, held, grading(), NOW)
    assert not work.finish(store, held, grading(), NOW)
    assert work.fail(store, held, message=say("x"), now=NOW) == "lost"
    assert len(gradings(store)) == 1


def test_a_worker_believed_dead_cannot_double_a_grading(store):
    """The lease ran out and another worker has the job: the first one's result is thrown away."""
    put(store, attempt(store))
    slow = work.claim(store, "slow", NOW)
    later = NOW + work.LEASE
    fast = work.claim(store, "fast", later)
    assert fast.work_id == slow.work_id
    assert not work.finish(store, slow, grading(), later)
    assert work.finish(store, fast, grading(), later)
    assert [g.claim for g in gradings(store)] == [fast.token]


def test_the_heartbeat_keeps_a_claim(store):
    """A job whose worker is alive is nobody else's, however long it takes."""
    put(store, attempt(store))
    held = work.claim(store, "w", NOW)
    for k in range(1, 10):
        work.beat(store, ["w"], NOW + k * work.LEASE / 2)
    assert work.claim(store, "other", NOW + 5 * work.LEASE) is None
    assert work.finish(store, held, grading(), NOW + 5 * work.LEASE)


def test_a_job_that_kills_its_worker_each_time_stops_at_the_cap_and_waits_for_a_person(store):
    """Starts are stored before each start; after the cap nothing starts it but `retry`, and each death is a fact."""
    job = put(store, attempt(store))
    for _ in range(work.MOST_BLAMED):
        assert work.claim(store, "w", NOW) is not None
        work.abandon(store, "w", NOW, is_blamed=True)
    assert work.claim(store, "w", NOW) is None
    assert state(store, job) == "stopped"
    put(store, attempt(store, "s02"))
    assert work.claim(store, "w", NOW).student == "s02"
    with store.read() as session:
        kinds = [f.kind for f in session.scalars(select(models.Failure))]
    assert kinds == ["lost"] * work.MOST_BLAMED
    with store.write() as session:
        assert work.retry(session.scalars(select(models.Work)).all(), NOW) == 1
    assert work.claim(store, "w2", NOW).work_id == job


def test_a_grader_stopped_from_outside_is_not_the_jobs_fault_for_long(store):
    """Kill -9 of the whole pool, or a reboot: the job runs again more often, but not for ever."""
    job = put(store, attempt(store))
    for k in range(work.MOST_STARTS):
        assert work.claim(store, f"w{k}", NOW + k * work.LEASE).starts == k + 1
    assert work.claim(store, "w", NOW + work.MOST_STARTS * work.LEASE) is None
    assert state(store, job) == "stopped"


def test_a_job_that_killed_its_workers_is_not_restarted_by_the_next_batch(store):
    """Enqueueing again wakes what infrastructure stopped, not what killed its workers."""
    killer, unlucky = attempt(store, "s01"), attempt(store, "s02")
    first = put(store, killer)
    for _ in range(work.MOST_BLAMED):
        work.claim(store, "w", NOW)
        work.abandon(store, "w", NOW, is_blamed=True)
    second = put(store, unlucky)
    now = NOW
    for _ in range(work.MOST_BLAMED):
        now += timedelta(hours=1)
        assert work.fail(store, work.claim(store, "w", now), message=say("x"), now=now) in ("queued", "stopped")
    assert (state(store, first), state(store, second)) == ("stopped", "stopped")
    put(store, killer)
    put(store, unlucky)
    assert (state(store, first), state(store, second)) == ("stopped", "queued")


def test_an_infrastructure_failure_waits_a_little_and_writes_beside_the_gradings(store):
    """The job is tried again after a pause; the failure is a fact of its own and no grading."""
    put(store, attempt(store))
    held = work.claim(store, "w", NOW)
    assert work.fail(store, held, message=say("daemon gone"), now=NOW) == "queued"
    assert work.claim(store, "w", NOW) is None
    assert work.claim(store, "w", NOW + work.BACK_OFF).starts == 2
    assert gradings(store) == []
    with store.read() as session:
        assert session.scalar(select(models.Failure.message)) == {"en": "daemon gone", "zh": "daemon gone"}


def test_a_job_to_be_repeated_alone_runs_while_nothing_else_does(store):
    """Wall clock reached with neither CPU nor idle: once more, alone; nothing starts beside it."""
    first = put(store, attempt(store, "s01"))
    put(store, attempt(store, "s02"))
    put(store, attempt(store, "s03"))
    one, two = work.claim(store, "w1", NOW), work.claim(store, "w2", NOW)
    assert work.fail(store, one, message=say("wall"), now=NOW, is_repeated_alone=True) == "queued"
    three = work.claim(store, "w1", NOW)
    assert three.student == "s03"
    assert work.claim(store, "w3", NOW) is None
    work.finish(store, two, grading(), NOW)
    assert work.claim(store, "w3", NOW) is None
    work.finish(store, three, grading(), NOW)
    again = work.claim(store, "w1", NOW)
    assert (again.work_id, again.alone) == (first, True)
    put(store, attempt(store, "s04"))
    assert work.claim(store, "w2", NOW) is None
    work.fail(store, again, message=say("wall"), now=NOW, is_repeated_alone=True)
    assert work.claim(store, "w2", NOW).student == "s04"


def test_live_work_goes_before_a_thousand_regrades(store):
    """One new submission after 1,000 regrades starts with the next claim, and its place in line says so."""
    number = regrade_set(store)
    with store.write() as session:
        for k in range(1000):
            row = models.Attempt(student=f"s{k:04}", assignment="udp-collect", tree="t", number=1, at=NOW)
            session.add(row)
            session.flush()
            work.enqueue(session, row, snapshot="s", version="v", execution="e", now=NOW, regrade=number)
    running = work.claim(store, "w", NOW)
    assert running.regrade == number
    job = put(store, attempt(store, "live"))
    with store.read() as session:
        assert work.place(session, session.get_one(models.Work, job)) == 0
        last = session.scalars(
            select(models.Work).where(models.Work.regrade == number).order_by(models.Work.id.desc())
        ).first()
        assert work.place(session, last) == 999
    assert work.claim(store, "w2", NOW).student == "live"


def test_a_regrade_is_a_job_of_its_own_beside_the_live_one(store):
    """The same snapshot and digest may be asked for again by a regrade set, once per set."""
    row = attempt(store)
    put(store, row)
    work.finish(store, work.claim(store, "w", NOW), grading(), NOW)
    number = regrade_set(store)
    assert put(store, row, regrade=number) == put(store, row, regrade=number)
    held = work.claim(store, "w", NOW)
    assert work.finish(store, held, grading(), NOW)
    assert [g.regrade_id for g in gradings(store)] == [None, number]


def test_expected_minus_done_is_shown_when_a_job_is_lost(store):
    """Fifty jobs, one of them silently gone: 49 of 50, never "all done"."""
    jobs = [put(store, attempt(store, f"s{k:02}")) for k in range(50)]
    for _ in range(49):
        work.finish(store, work.claim(store, "w", NOW), grading(), NOW)
    lost = work.claim(store, "dies", NOW)
    assert lost is not None
    with store.read() as session:
        found = work.counts(session, jobs)
    assert (found.done, found.expected, found.open) == (49, 50, 1)
