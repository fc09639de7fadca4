"""Strategies: what they see, in which order, and that reduction loses nothing."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from oplevel import Cells, Condition, Lock, Queue, active, join, outcomes, sleep, spawn

from sandbox.scheduler.engine import ANYTHING, Limits, Stop
from sandbox.scheduler.rounds import rounds
from sandbox.scheduler.schedule import Schedule
from sandbox.scheduler.strategies.burst import Burst
from sandbox.scheduler.strategies.check import Check
from sandbox.scheduler.strategies.dfs import Dfs
from sandbox.scheduler.strategies.dpor import Dpor
from sandbox.scheduler.strategies.follow import Follow
from sandbox.scheduler.strategies.mixture import Mixture
from sandbox.scheduler.strategies.pct import Pct
from sandbox.scheduler.strategies.replay import Replay
from sandbox.scheduler.strategies.unpreempted import Unpreempted
from sandbox.scheduler.strategies.walk import Walk

SAMPLERS = [Walk, Pct, Burst, Mixture]


def counter(tasks=2, times=3, *, locked=False, steps=False):
    def build():
        cells, lock = Cells(n=0), Lock(steps=steps)

        def once():
            cells.write("n", cells.read("n") + 1)

        def work():
            for _ in range(times):
                if locked:
                    with lock:
                        once()
                else:
                    once()

        return lambda: join(*[spawn(work) for _ in range(tasks)]), lambda: cells.values["n"]

    return build


def two_locks():
    a, b = Lock("a"), Lock("b")

    def work(first, second):
        with first, second:
            pass

    return lambda: join(spawn(work, a, b), spawn(work, b, a)), lambda: (
        a.owner and a.owner.number,
        b.owner and b.owner.number,
    )


def philosophers(count):
    def build():
        forks = [Lock(f"fork {place}") for place in range(count)]

        def eat(place):
            low, high = sorted((place, (place + 1) % count))
            with forks[low], forks[high]:
                pass

        return lambda: join(*[spawn(eat, place) for place in range(count)]), lambda: None

    return build


def main_of(build):
    def main():
        build()[0]()

    return main


def test_unpreempted_goes_on_with_who_was_created_first():
    """One run; nobody is switched away from who could go on."""
    (run,) = rounds(main_of(counter(2, 1)), Unpreempted())
    assert Schedule.of(run.choices).segments == ((0, 1), (1, 3), (0, 1), (2, 3), (0, 1))


def test_unpreempted_in_reverse_goes_on_with_the_youngest():
    """Whoever was created last comes first."""
    (run,) = rounds(main_of(counter(2, 1)), Unpreempted(reverse=True))
    assert Schedule.of(run.choices).segments == ((0, 1), (2, 3), (1, 3), (0, 2))


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_a_sampler_makes_the_same_runs_for_the_same_seed(sampler):
    """A seed stands for a list of schedules."""

    def made(seed):
        return [(run.choices, run.late) for run in rounds(main_of(counter()), sampler(seed, 30))]

    assert made(5) == made(5)
    assert len(made(5)) == 30
    assert made(5) != made(6)


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_a_sampler_finds_a_lost_update(sampler):
    """Within fifty schedules."""
    found, _ = outcomes(counter(), sampler(0, 50))
    assert {state for _, state, _ in found} > {6}


def test_half_of_the_mixture_is_late():
    """In late-wake time sleeps end in every order, in strict time in one."""

    def build():
        order = []

        def work(number):
            sleep(number)
            active().point("write", "order")
            order.append(number)

        return lambda: join(*[spawn(work, number) for number in (1, 2, 3)]), lambda: tuple(order)

    late = [run.late for run in rounds(main_of(build), Mixture(0, 60))]
    assert late.count(True) == 30
    found, _ = outcomes(build, Mixture(0, 200))
    assert len(found) == 6
    strict, _ = outcomes(build, Walk(0, 200))
    assert [state for _, state, _ in strict] == [(1, 2, 3)]


@pytest.mark.parametrize("strategy", [Unpreempted(), Walk(1, 5), Pct(1, 5), Burst(1, 5), Dfs(0)])
def test_a_task_that_spins_does_not_starve_the_others(strategy):
    """Every strategy is fair: the loop ends because the flag is set."""

    def build():
        cells = Cells(go=False)

        def spin():
            while not cells.read("go"):
                pass

        return lambda: join(spawn(spin), spawn(cells.write, "go", True)), lambda: cells.values["go"]

    found, count = outcomes(build, strategy, most=5)
    assert set(found) == {("done", True, ())}
    assert count >= 1


def test_the_clock_moves_while_a_task_polls():
    """A task that asks over and over does not keep another asleep."""

    def build():
        cells = Cells(go=False)

        def wake():
            sleep(1)
            cells.write("go", True)

        def poll():
            while not cells.read("go"):
                pass

        return lambda: join(spawn(poll), spawn(wake)), lambda: None

    found, _ = outcomes(build, Walk(0, 3))
    assert set(found) == {("done", None, ())}


# -- replay -------------------------------------------------------------------------------------------------------------


def test_a_thousand_replays_are_identical():
    """Same steps, same end, every time."""
    build = counter()
    runs = list(rounds(main_of(build), Mixture(3, 20)))
    wanted = next(run for run in runs if run.late)
    for _ in range(1000):
        (again,) = rounds(main_of(build), Replay(Schedule.of(wanted.choices, late=wanted.late)))
        assert (again.stop, again.choices) == (wanted.stop, wanted.choices)


def test_a_replay_goes_on_unpreempted_after_its_end():
    """A schedule may be cut off."""
    (run,) = rounds(main_of(counter(2, 1)), Replay(Schedule(((0, 1), (2, 2)))))
    assert run.stop is Stop.DONE
    assert Schedule.of(run.choices).segments == ((0, 1), (2, 3), (1, 3), (0, 2))


@pytest.mark.parametrize(
    ("segments", "step"),
    [
        (((0, 2), (1, 3)), 2),  # main waits for task 1 then
        (((1, 1),), 1),  # nobody but main is there
        (((0, 1), (1, 3), (2, 4)), 8),  # task 2 ends after three steps
        (((0, 1), (1, 3), (2, 3), (0, 3)), 10),  # the program ends before the schedule does
    ],
)
def test_a_replay_that_cannot_follow_says_at_which_step(segments, step):
    """Another program than the one recorded is no pass."""
    strategy = Replay(Schedule(segments))
    (run,) = rounds(main_of(counter(2, 1)), strategy)
    assert run.stop is Stop.DIVERGED
    assert strategy.step == step


def test_follow_does_what_it_can():
    """A segment of a task that has to wait is left, its steps are made up for later."""
    (run,) = rounds(main_of(counter(2, 1)), Follow(Schedule(((0, 5), (2, 2), (7, 3), (1, 9)))))
    assert run.stop is Stop.DONE
    assert Schedule.of(run.choices).segments == ((0, 1), (2, 2), (1, 3), (0, 1), (2, 1), (0, 1))


# -- exhaustive ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("build", "runs"), [(counter(2, 3, locked=True), 20), (two_locks, 3), (philosophers(3), 6)])
def test_dpor_makes_one_run_for_each_order_that_matters(build, runs):
    """Two tasks take one lock three times each: 6! / (3! 3!) = 20 orders; two locks: who is first, or a deadlock; three
    ordered philosophers: 2^3 orders of the forks less the two circles."""
    strategy = Dpor()
    found, count = outcomes(build, strategy)
    assert strategy.exhausted
    assert count == runs
    everything = Dfs()
    assert set(found) == set(outcomes(build, everything, most=20_000)[0])


def test_two_locks_in_opposite_orders_deadlock():
    """Both ends are found, each with a schedule that leads there."""
    found, _ = outcomes(two_locks, Dpor())
    assert {stop for stop, _, _ in found} == {"done", "deadlock"}
    schedule = next(schedule for (stop, _, _), schedule in found.items() if stop == "deadlock")
    (run,) = rounds(main_of(two_locks), Replay(schedule))
    assert run.stop is Stop.DEADLOCK
    assert sorted((task, kind) for task, kind, *_ in run.blocked) == [(0, "join"), (1, "acquire"), (2, "acquire")]


def test_dfs_counts_grow_with_the_bound():
    """C(5,2) + 2 C(4,2) + 3 C(3,2) + 4 = 35 orders of two times three steps and of the join of the first, which may come late."""
    counts = []
    for bound in (0, 1, 2, None):
        strategy = Dfs(bound)
        _, count = outcomes(counter(2, 1), strategy)
        assert strategy.exhausted
        counts.append(count)
    assert counts == [3, 11, 24, 35]


def test_a_lost_update_needs_a_preemption():
    """Bound 0 does not see it, bound 1 does."""
    assert {state for _, state, _ in outcomes(counter(2, 1), Dfs(0))[0]} == {2}
    assert {state for _, state, _ in outcomes(counter(2, 1), Dfs(1))[0]} == {1, 2}


def test_a_budget_that_cuts_a_run_short_is_no_exhaustion():
    """Who has not seen every step has not seen every schedule."""
    for strategy in (Dfs(), Dpor()):
        outcomes(counter(2, 1), strategy, limits=Limits(steps=4))
        assert not strategy.exhausted


def test_operations_of_unknown_kind_conflict_with_all():
    """Two of them are run in both orders, though their tasks share no key."""

    def build():
        order = []

        def work(number):
            active().point("io", ANYTHING)
            order.append(number)

        return lambda: join(spawn(work, 1), spawn(work, 2)), lambda: tuple(order)

    assert {state for _, state, _ in outcomes(build, Dpor())[0]} == {(1, 2), (2, 1)}


def test_what_nobody_waits_for_may_be_cut_off_anywhere():
    """A task that is not joined has done nothing, half, or all when the program ends."""

    def build():
        cells = Cells(n=0)

        def work():
            cells.write("n", 1)
            cells.write("n", 2)

        def body():
            spawn(work)
            cells.read("other") if False else active().point("read", "other", False)

        return body, lambda: cells.values["n"]

    assert {state for _, state, _ in outcomes(build, Dpor())[0]} == {0, 1, 2}


# -- generated programs -----------------------------------------------------------------------------------------------

LEAVES = st.one_of(
    st.tuples(st.sampled_from(["read", "write", "add"]), st.sampled_from("xy")),
    st.tuples(st.just("sleep"), st.sampled_from([1, 2])),
    st.sampled_from([("put",), ("get",), ("yield",)]),
)
HOLDS = st.tuples(
    st.sampled_from(["lock", "lock", "try", "timed", "wait", "wait_timed", "notify"]),
    st.sampled_from("AB"),
    st.lists(LEAVES, max_size=2).map(tuple),
)
BODY = st.lists(st.one_of(LEAVES, HOLDS), min_size=1, max_size=3).map(tuple)
PROGRAM = st.fixed_dictionaries(
    {
        "tasks": st.lists(BODY, min_size=2, max_size=3).map(tuple),
        "main": st.lists(LEAVES, max_size=1).map(tuple),
        "steps": st.booleans(),  # releases are steps
        "loose": st.booleans(),  # nobody waits for the first task
        "size": st.sampled_from([0, 1]),
        "late": st.booleans(),
    }
)


def built(program):
    def build():
        cells = Cells(x=0, y=0)
        locks = {name: Lock(name, steps=program["steps"]) for name in "AB"}
        conditions = {name: Condition(lock) for name, lock in locks.items()}
        queue = Queue(program["size"])
        seen: dict[int, list[object]] = {}

        def work(me, operations):
            mine = seen.setdefault(me, [])
            for operation in operations:
                match operation:
                    case ("read", name):
                        mine.append(cells.read(name))
                    case ("write", name):
                        cells.write(name, 10 * me + len(mine))
                    case ("add", name):
                        cells.write(name, cells.read(name) + 1)
                    case ("sleep", seconds):
                        sleep(seconds)
                    case ("put",):
                        queue.put(me)
                    case ("get",):
                        mine.append(queue.get())
                    case ("yield",):
                        active().point("yield", None, False)
                    case (kind, name, inner):
                        under(me, kind, name, inner)

        def under(me, kind, name, inner):
            lock = locks[name]
            got = lock.attempt() if kind == "try" else lock.acquire(1.5 if kind == "timed" else None)
            seen[me].append(got)
            if not got:
                return
            if kind.startswith("wait"):
                seen[me].append(conditions[name].wait(1 if kind == "wait_timed" else None))
            if kind == "notify":
                conditions[name].notify()
            work(me, inner)
            lock.release()

        def body():
            tasks = [spawn(work, number, each) for number, each in enumerate(program["tasks"], 1)]
            work(0, program["main"])
            join(*(tasks[1:] if program["loose"] else tasks))

        def state():
            logs = tuple((task, tuple(log)) for task, log in sorted(seen.items()) if log)
            return tuple(cells.values.items()), logs, tuple(queue.items)

        return body, state

    return build


def known(*tasks, main=(), steps=False, loose=False, size=0, late=False):
    """A program that an earlier version of the reduction got wrong."""
    return example({"tasks": tasks, "main": main, "steps": steps, "loose": loose, "size": size, "late": late})


@given(PROGRAM)
@known(
    (("put",), ("lock", "B", (("put",),))),
    (("lock", "A", (("put",),)), ("write", "x"), ("put",)),
    main=(("add", "x"),),
    size=1,
)
@known(
    (("put",), ("add", "y"), ("sleep", 2)), (("put",), ("timed", "A", (("add", "x"),))), main=(("read", "x"),), size=1
)
@known((("read", "y"), ("add", "x")), (("yield",), ("write", "x"), ("lock", "A", ())), loose=True, size=1)
@known(
    (("timed", "B", ()),),
    (("get",), ("lock", "A", ())),
    (("write", "y"), ("put",), ("lock", "A", ())),
    loose=True,
    late=True,
)
@known((("lock", "A", (("sleep", 1),)),), (("timed", "A", (("add", "x"),)), ("add", "x")), late=True)
@settings(max_examples=25, derandomize=True, deadline=None, database=None)
def test_reduction_loses_nothing_and_invents_nothing(program):
    """Unreduced DFS and DPOR see the same ends and final states; what the mixture finds is among them."""
    agree(program)


@pytest.mark.soak
@given(PROGRAM)
@settings(max_examples=300, derandomize=True, deadline=None, database=None)
def test_reduction_loses_nothing_over_many_more_programs(program):
    """The same of programs nobody has looked at."""
    agree(program)


def agree(program):
    everything, reduced = Dfs(), Dpor()
    wanted, count = outcomes(built(program), everything, late=program["late"], most=3000)
    found, fewer = outcomes(built(program), reduced, late=program["late"], most=3000)
    if count < 3000:
        assert everything.exhausted
        assert reduced.exhausted
        assert set(found) == set(wanted)
        assert fewer <= count
    if fewer < 3000 and not program["late"]:
        sampled, _ = outcomes(built(program), Walk(0, 30))
        assert set(sampled) <= set(found)
    for schedule in found.values():
        (again,) = rounds(main_of(built(program)), Replay(schedule))
        assert again.stop is not Stop.DIVERGED


# -- check --------------------------------------------------------------------------------------------------------------


def checked(main):
    strategy = Check(0, 20)
    runs = sum(1 for _ in rounds(main, strategy))
    return strategy.difference, runs


def test_a_program_that_only_depends_on_its_schedule_passes_the_check():
    """Each schedule is run twice, and nothing differs."""
    assert checked(main_of(counter())) == (None, 40)


@pytest.mark.parametrize("late_step", [False, True])
def test_what_outlives_a_run_is_found(late_step):
    """The first step that differs is named: another operation, or one more."""
    runs = []

    def main():
        runs.append(1)
        active().point("read", "x", False)
        if late_step:
            if len(runs) % 2 == 0:
                active().point("write", "x")
        else:
            active().point("read", f"y{len(runs)}", False)

    difference, count = checked(main)
    assert count == 2
    assert difference.step == 3
    assert difference.first == (None if late_step else (0, "read", "y1", 0))
    assert difference.second == ((0, "write", "x", 0) if late_step else (0, "read", "y2", 0))


def test_a_schedule_that_cannot_be_followed_again_is_found():
    """Also where the second run offers other tasks."""
    runs = []

    def main():
        runs.append(1)
        work = lambda: active().point("read", "x", False)  # noqa: E731
        tasks = [spawn(work) for _ in range(2 if len(runs) == 1 else 1)]
        join(*tasks)

    difference, count = checked(main)
    assert count == 2
    assert difference is not None
