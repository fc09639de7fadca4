"""The race detector: two accesses of one variable, one of them a write, that nothing orders.

Vector clocks as in FastTrack (Flanagan and Freund, PLDI 2009): the last write as one number, reads by task and site. It needs no bad
interleaving, only a run in which both accesses happen. An observer of the engine; one object may watch many runs, a new main task begins one.

Not every race is a fault. It is one when a value that was read flows into a write of the same variable, or decides about one (the read of
`x += 1`, the test of `if x is None: x = ...`), and when a dict, set or deque is changed while another task iterates over it. The rest is advice.
"""

from __future__ import annotations

from dataclasses import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Protocol

    from sandbox.scheduler.task import Task

    class Site(Protocol):
        """What has to be known of a place in the source, see `sandbox.rewrite.sites`."""

        @property
        def kind(self) -> str: ...
        @property
        def line(self) -> int: ...
        @property
        def is_atomic(self) -> bool: ...
        @property
        def role(self) -> str: ...

    class Sites(Protocol):
        def __getitem__(self, number: int, /) -> Site: ...


Accessed = tuple[int, int, bool]
"""Task, site, whether it writes."""
SHIFT = 32  # a read is kept under task << SHIFT | site


@dataclass(frozen=True, slots=True)
class Race:
    """`why` it is only advice: flag, display, equal_value, list, last_write, read; of a failure: update, guard, iteration."""

    variable: str
    first: Accessed
    second: Accessed
    is_failure: bool
    why: str


class _Variable:
    """What is known of one variable: its last write, and the reads since."""

    __slots__ = ("clock", "latest", "reads", "site", "task")

    def __init__(self) -> None:
        self.task = -1  # of the last write
        self.clock = 0
        self.site = 0
        self.reads: dict[int, int] = {}
        # Of each task the sites of its reads since it last let anything go, in order, and its clock then.
        self.latest: dict[int, tuple[dict[int, None], int]] = {}


class Races:
    """`sites`: what each site number stands for."""

    def __init__(self, sites: Sites) -> None:
        self._sites = sites
        self._variables: dict[object, _Variable] = {}
        self._released: dict[Any, tuple[int, int, dict[int, int]]] = {}  # who let it go, and what that task knew then
        self._found: dict[tuple[int, int], tuple[object, Accessed, Accessed]] = {}
        self._decisions: set[tuple[int, ...]] = set()  # a write and the reads before it that were looked at
        self._deciding: set[tuple[int, int]] = set()  # sites of a read and of the same task's next write

    # -- the observer's protocol --------------------------------------------------------------------------------------

    def forked(self, parent: Task | None, child: Task) -> None:
        if parent is None:
            self._variables = {}
            self._released = {}
            child.clock = {child.number: 1}
            return
        child.clock = {**parent.clock, child.number: 1}
        parent.clock[parent.number] += 1

    def acquired(self, task: Task, thing: Any) -> None:
        before = self._released.get(thing)
        if before is None:
            return
        clock = task.clock
        number, time, known = before
        if clock.get(number, 0) >= time:
            return  # and with that all that the other knew then
        for number, time in known.items():
            if clock.get(number, 0) < time:
                clock[number] = time

    def released(self, task: Task, thing: Any) -> None:
        clock = task.clock
        number = task.number
        now = clock[number]
        self._released[thing] = (number, now, clock.copy())
        clock[number] = now + 1

    def accessed(self, task: Task, key: object, write: bool, site: int) -> None:
        number = task.number
        clock = task.clock
        now = clock[number]
        known = self._variables.get(key)
        if known is None:
            known = self._variables[key] = _Variable()
        other = known.task
        if not write:
            place = number << SHIFT | site
            latest = known.latest.get(number)
            if latest is None or latest[1] != now:
                known.latest[number] = ({site: None}, now)
            elif len(latest[0]) > 1 or site not in latest[0]:
                latest[0].pop(site, None)
                latest[0][site] = None
            reads = known.reads
            if reads.get(place) == now:
                return
            if other != number and other >= 0 and clock.get(other, 0) < known.clock:
                self._race(key, (other, known.site, True), (number, site, False))
            reads[place] = now
            return
        if other != number and other >= 0 and clock.get(other, 0) < known.clock:
            self._race(key, (other, known.site, True), (number, site, True))
        reads = known.reads
        if reads:
            for place, time in reads.items():
                reader = place >> SHIFT
                if reader != number and clock.get(reader, 0) < time:
                    self._race(key, (reader, place & ((1 << SHIFT) - 1), False), (number, site, True))
            known.reads = {}
            latest = known.latest.get(number)
            if latest is not None and latest[1] == now:
                decision = (site, *latest[0])
                if decision not in self._decisions:
                    self._decisions.add(decision)
                    self._deciding.update((each, site) for each in self._deciders(latest[0]))
        known.task = number
        known.clock = now
        known.site = site

    def _deciders(self, read: dict[int, None]) -> list[int]:
        """Of the sites of one task's reads, in order: a test counts only if no later one tests again (double-checked locking)."""
        tests = [site for site in read if self._sites[site].role == "guard"]
        return [site for site in read if site not in tests[:-1]]

    # -- what it comes to ---------------------------------------------------------------------------------------------

    def _race(self, key: object, first: Accessed, second: Accessed) -> None:
        pair = (first[1], second[1]) if first[1] <= second[1] else (second[1], first[1])
        if pair not in self._found:
            self._found[pair] = (key, first, second)

    def found(self) -> list[Race]:
        """Each pair of sites once, in the order in which they were met; failures first."""
        races = []
        for key, first, second in self._found.values():
            verdict = self._judge(key, first, second)
            if verdict is not None:
                name = getattr(key, "name", None)
                races.append(Race(name if isinstance(name, str) else str(key), first, second, *verdict))
        return sorted(races, key=lambda race: not race.is_failure)

    def _judge(self, key: object, first: Accessed, second: Accessed) -> tuple[bool, str] | None:
        """Whether it is a failure, and why; None: no race at all."""
        one, two = self._sites[first[1]], self._sites[second[1]]
        if one.is_atomic and two.is_atomic:
            return None
        if first[2] and second[2]:
            if one.kind == two.kind == "item" and getattr(key, "is_whole", False):
                return None  # two items of a dict that are new
            if "update" in (one.role, two.role):
                return True, "update"
            return False, "equal_value" if one.role == two.role == "constant" else "last_write"
        read, number = (one, first[1]) if not first[2] else (two, second[1])
        if read.role == "update":
            return True, "update"
        if read.kind == "iteration":
            return (False, "list") if getattr(key, "type", "list") == "list" else (True, "iteration")
        if read.role == "poll":
            return False, "flag"
        if read.role == "display":
            return False, "display"
        if self._decides(number, read):
            return True, "guard" if read.role == "guard" else "update"
        return False, "flag" if read.role == "guard" else "read"

    def _decides(self, number: int, read: Site) -> bool:
        """Whether a task wrote the variable right after this read of it, with nothing between that orders tasks."""
        for before, after in self._deciding:
            if before == number:
                write = self._sites[after]
                if read.role == "guard" and write.line >= read.line:
                    return True
                if read.role != "guard" and write.role != "constant":
                    return True
        return False
