"""The race detector: what is a race, and which of them is a fault."""

from dataclasses import dataclass

import pytest
from oplevel import Cells, Lock, active, join, spawn

from sandbox.scheduler.races import Races
from sandbox.scheduler.rounds import rounds
from sandbox.scheduler.strategies.unpreempted import Unpreempted
from sandbox.scheduler.strategies.walk import Walk


@dataclass
class Site:
    kind: str = "global"
    role: str = ""
    is_atomic: bool = False
    line: int = 1


@dataclass(frozen=True)
class Key:
    name: str
    type: str = ""


def joined(*tasks):
    """Joins with the order that a join makes."""
    run = active()
    for task in tasks:
        join(task)
        run.observer.acquired(run.current, task)


def ending(function):
    """The end of a task comes before whoever joins it."""

    def body():
        function()
        run = active()
        run.observer.released(run.current, run.current)

    return spawn(body)


def races_of(main, sites, strategy=None):
    observer = Races(sites)
    for _ in rounds(main, strategy or Unpreempted(), observer=observer):
        pass
    return observer.found()


def two(first, second):
    """Two tasks that do one access each: (site number, writes)."""

    def main():
        key = Key("x", "dict")

        def access(site, write):
            run = active()
            run.point("write" if write else "read", key, write, site)
            run.observer.accessed(run.current, key, write, site)

        joined(ending(lambda: access(*first)), ending(lambda: access(*second)))

    return main


@pytest.mark.parametrize("strategy", [Unpreempted(), Unpreempted(reverse=True), Walk(0, 20)])
def test_an_update_without_a_lock_races_in_the_first_run(strategy):
    """No bad interleaving is needed."""

    def main():
        cells = Cells(n=0)

        def work():
            cells.write("n", cells.read("n", 1) + 1, 2)

        joined(ending(work), ending(work))

    found = races_of(main, {1: Site(role="update"), 2: Site(role="update")}, strategy)
    assert found
    assert all(race.is_failure and race.why == "update" for race in found)
    pairs = [frozenset((race.first[1], race.second[1])) for race in found]
    assert len(pairs) == len(set(pairs))


@pytest.mark.parametrize("strategy", [Unpreempted(), Unpreempted(reverse=True), Walk(0, 50)])
def test_a_lock_makes_an_order(strategy):
    """No false alarm, in no schedule; nor between what comes before a start or after a join and the task itself."""

    def main():
        cells, lock = Cells(n=0), Lock()
        cells.write("n", 0, 2)

        def work():
            with lock:
                cells.write("n", cells.read("n", 1) + 1, 2)

        joined(ending(work), ending(work))
        cells.read("n", 1)

    assert races_of(main, {1: Site(role="update"), 2: Site(role="update")}, strategy) == []


def test_another_lock_makes_none():
    """Each side holds a lock, not the same."""

    def main():
        cells = Cells(n=0)

        def work(lock):
            with lock:
                cells.write("n", cells.read("n", 1) + 1, 2)

        joined(ending(lambda: work(Lock())), ending(lambda: work(Lock())))

    assert races_of(main, {1: Site(role="update"), 2: Site(role="update")})


def test_runs_do_not_mix():
    """What happened in one run is not before what happens in the next."""
    main = two((1, True), (1, True))
    found = races_of(main, {1: Site()}, Walk(0, 10))
    assert len(found) == 1
    assert {found[0].first[0], found[0].second[0]} == {1, 2}


@pytest.mark.parametrize(
    ("read", "write", "wanted"),
    [
        (Site(role="update"), Site(role="constant"), (True, "update")),
        (Site(role="update"), Site(), (True, "update")),
        (Site(), Site(role="update"), (False, "read")),
        (Site(role="poll"), Site(role="constant"), (False, "flag")),
        (Site(role="guard"), Site(role="constant"), (False, "flag")),
        (Site(role="display"), Site(), (False, "display")),
        (Site(), Site(), (False, "read")),
        (Site(kind="iteration"), Site(kind="method", is_atomic=True), (True, "iteration")),
        (Site(kind="method", is_atomic=True), Site(kind="item", is_atomic=True), None),
    ],
)
def test_what_a_read_is_for_decides(read, write, wanted):
    """The rule of the design: it flows into a write of the same variable, or decides about one."""
    found = [(race.is_failure, race.why) for race in races_of(two((1, False), (2, True)), {1: read, 2: write})]
    assert found == ([] if wanted is None else [wanted])


def test_writes_of_literals_are_advice():
    """Whoever comes last, the value is one of those written."""
    assert [(r.is_failure, r.why) for r in races_of(two((1, True), (1, True)), {1: Site(role="constant")})] == [
        (False, "equal_value")
    ]


@pytest.mark.parametrize(("is_locked", "wanted"), [(False, True), (True, False)])
def test_a_test_that_is_followed_by_a_write_decides(is_locked, wanted):
    """`if x is None: x = ...` is a fault; a second test under a lock, which the write goes by, makes the first one harmless."""

    def main():
        cells, lock = Cells(x=None), Lock()

        def work():
            if cells.read("x", 1) is None:
                if is_locked:
                    with lock:
                        if cells.read("x", 2) is None:
                            cells.write("x", 1, 3)
                else:
                    cells.write("x", 1, 3)

        joined(ending(work), ending(work))

    sites = {1: Site(role="guard", line=1), 2: Site(role="guard", line=2), 3: Site(line=3)}
    assert any(race.is_failure for race in races_of(main, sites, Walk(0, 30))) is wanted
