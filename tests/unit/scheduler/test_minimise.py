"""Fewer switches, the same failure."""

import pytest
from oplevel import Cells, Lock, join, spawn

from sandbox.scheduler.engine import Stop
from sandbox.scheduler.minimise import minimise, variants, without
from sandbox.scheduler.rounds import rounds
from sandbox.scheduler.schedule import Schedule
from sandbox.scheduler.strategies.follow import Follow
from sandbox.scheduler.strategies.replay import Replay
from sandbox.scheduler.strategies.walk import Walk

STATE = {}


def lost_update():
    cells = STATE["cells"] = Cells(n=0)

    def work():
        for _ in range(3):
            cells.write("n", cells.read("n") + 1)

    join(*[spawn(work) for _ in range(3)])


def deadlock():
    STATE["cells"] = Cells(n=9)
    locks = [Lock(), Lock(), Lock()]

    def work(place):
        with locks[place], locks[(place + 1) % 3]:
            pass

    join(*[spawn(work, place) for place in range(3)])


def has_failed(run):
    return run.stop is Stop.DEADLOCK or STATE["cells"].values["n"] < 9


def failing(main):
    return next(Schedule.of(run.choices) for run in rounds(main, Walk(1, 500)) if has_failed(run))


def fails_of(main, calls):
    def fails(schedule):
        calls.append(schedule)
        (run,) = rounds(main, Follow(schedule))
        return Schedule.of(run.choices) if has_failed(run) else None

    return fails


@pytest.mark.parametrize(("main", "switches"), [(lost_update, 5), (deadlock, 3)])
def test_the_fewest_switches_are_found(main, switches):
    """A lost update of three tasks takes 5, and back to main; a deadlock of three takes one switch to each."""
    calls = []
    minimal = minimise(failing(main), fails_of(main, calls))
    assert minimal.switches == switches
    assert len(calls) < 200


@pytest.mark.parametrize("main", [lost_update, deadlock])
def test_no_switch_can_be_dropped(main):
    """Every way to do without one of them no longer fails, or needs as many."""
    fails = fails_of(main, [])
    minimal = minimise(failing(main), fails)
    for place in range(len(minimal.segments)):
        for segments in variants(minimal.segments, place):
            found = fails(Schedule(segments))
            assert found is None or found.switches >= minimal.switches


@pytest.mark.parametrize("main", [lost_update, deadlock])
def test_the_minimal_schedule_replays(main):
    """Three times, step by step, with the same failure."""
    minimal = minimise(failing(main), fails_of(main, []))
    for _ in range(3):
        (run,) = rounds(main, Replay(minimal))
        assert run.stop is not Stop.DIVERGED
        assert has_failed(run)
        assert Schedule.of(run.choices) == minimal


def test_a_budget_of_runs_is_kept():
    """Better a longer schedule than no answer."""
    calls = []
    start = failing(lost_update)
    found = minimise(start, fails_of(lost_update, calls), runs=3)
    assert len(calls) == 3
    assert found.switches <= start.switches


def test_steps_that_are_cut_out_are_made_later():
    """A task ends its next segment where it ended it before."""
    assert without(((0, 1), (1, 2), (2, 3), (1, 4), (2, 1)), 1, 2) == ((0, 1), (2, 3), (1, 6), (2, 1))
    assert without(((0, 1), (1, 2), (0, 3)), 1, 2) == ((0, 4),)
