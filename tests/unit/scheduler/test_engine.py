"""The engine: why runs end, what the clock does, what steps say of themselves."""

from contextlib import suppress

import pytest
from oplevel import Cells, Condition, Lock, active, join, outcomes, sleep, spawn

from sandbox.scheduler import engine
from sandbox.scheduler.engine import Engine, Limits, Stop
from sandbox.scheduler.rounds import rounds
from sandbox.scheduler.strategies.dfs import Dfs
from sandbox.scheduler.strategies.dpor import Dpor
from sandbox.scheduler.strategies.unpreempted import Unpreempted
from sandbox.scheduler.strategies.walk import Walk


def once(main, strategy=None, **more):
    (run,) = rounds(main, strategy or Unpreempted(), **more)
    return run


def test_a_run_is_over_when_the_main_task_is():
    """Whoever is left is unwound, and told so by no ordinary exception."""
    seen = []

    def work():
        try:
            while True:
                active().point("read", "x", False)
        except Exception:
            seen.append("caught")
        finally:
            seen.append("unwound")

    def main():
        spawn(work)
        active().point("yield", None, False)
        active().point("yield", None, False)

    run = once(main, Walk(3, 1))
    assert run.stop is Stop.DONE
    assert seen in ([], ["unwound"])
    assert engine.active is None


def test_a_task_that_swallows_its_end_does_not_keep_the_run():
    """Catching BaseException round every step does not help."""

    def work():
        while True:
            with suppress(BaseException):
                active().point("read", "x", False)

    def main():
        spawn(work)
        active().point("yield", None, False)

    for run in rounds(main, Walk(0, 5)):
        assert run.stop is Stop.DONE


def test_an_exception_of_a_task_is_its_own():
    """The others go on; the error stays with the task."""

    def fail():
        raise KeyError("k")

    def main():
        join(spawn(fail))

    run = once(main)
    assert run.stop is Stop.DONE
    assert [type(task.error) for task in run.tasks] == [type(None), KeyError]


def test_everybody_blocked_is_a_deadlock():
    """It says who wanted what."""
    lock = Lock("L")

    def main():
        lock.acquire()
        lock.acquire()

    run = once(main)
    assert run.stop is Stop.DEADLOCK
    assert run.blocked == [(0, "acquire", lock, True, 0)]


@pytest.mark.parametrize(
    ("limits", "stop"),
    [(Limits(steps=50), Stop.STEPS), (Limits(loops=100), Stop.LOOPS), (Limits(tasks=3), Stop.TASKS)],
)
def test_budgets_end_a_run(limits, stop):
    """Counts of steps, loop passes, tasks; never seconds."""

    def main():
        while True:
            active().loop()
            if stop is Stop.STEPS:
                active().point("read", "x", False)
            if stop is Stop.TASKS:
                spawn(int)

    assert once(main, limits=limits).stop is stop


def test_strict_time_moves_when_nobody_can_go_on():
    """Sleeps end in the order of their deadlines, and take no time of anybody's."""
    order = []

    def work(seconds):
        sleep(seconds)
        order.append((seconds, active().now))

    def main():
        join(*[spawn(work, seconds) for seconds in (30, 10, 20)])

    once(main, Walk(0, 1))
    assert order == [(10, 10.0), (20, 20.0), (30, 30.0)]


def test_early_wakes_are_bounded():
    """An endless sleeper cannot overrun everybody else for ever."""

    def main():
        def work():
            while True:
                sleep(1)

        spawn(work)
        for _ in range(100):
            active().point("read", "x", False)

    for run in rounds(main, Walk(0, 10), late=True, limits=Limits(early=7)):
        assert run.stop is Stop.DONE
        assert run.early <= 7


def test_a_wait_that_is_over_says_whether_in_time():
    """True: notified; False: the deadline came first."""

    def build():
        said = []
        lock = Lock()
        condition = Condition(lock)

        def wait():
            with lock:
                said.append(condition.wait(5))

        def notify():
            with lock:
                condition.notify()

        return lambda: join(spawn(wait), spawn(notify)), lambda: tuple(said)

    assert {state for _, state, _ in outcomes(build, Dfs())[0]} == {(True,), (False,)}


def test_one_step_of_another_task_fits_between_two_points():
    """Between two points nothing else runs."""
    cells = Cells(n=0)

    def main():
        def work():
            for _ in range(20):
                active().point("write", "n")
                cells.values["n"] += 1

        join(spawn(work), spawn(work))

    for _ in rounds(main, Walk(0, 20)):
        assert cells.values["n"] == 40
        cells.values["n"] = 0


def test_steps_tell_what_was_done_besides():
    """A release is an effect of the step before, so is the end of a task and the making of one."""
    lock = Lock("L")

    def work():
        with lock:
            pass

    def main():
        join(spawn(work))

    run = once(main, keep=True)
    assert [(step.task, step.kind) for step in run.steps] == [(0, "begin"), (1, "begin"), (1, "acquire"), (0, "join")]
    assert run.tasks[1] in run.steps[0].also
    assert run.steps[2].also == [lock, run.tasks[1]]
    assert [step.blocking for step in run.steps] == [False, False, True, True]


def test_a_hand_over_is_no_choice():
    """Whoever is handed over to runs to its first point within the step of the other."""
    order = []

    def work():
        order.append("child")
        active().point("read", "x", False)

    def main():
        task = spawn(work)
        active().hand_over(task)
        order.append("parent")
        join(task)

    for _ in rounds(main, Walk(0, 10)):
        assert order == ["child", "parent"]
        order.clear()


def test_two_runs_at_once_are_refused():
    """There is one engine at a time."""

    def main():
        with pytest.raises(AssertionError, match="one run at a time"):
            Engine(Unpreempted()).run(int)

    assert once(main).stop is Stop.DONE
    assert once(main).tasks[0].error is None


def test_a_strategy_that_wants_steps_gets_them():
    """`keep` is the strategy's wish."""
    run = next(rounds(lambda: active().point("read", "x", False), Dpor()))
    assert [step.kind for step in run.steps] == ["begin", "read"]
