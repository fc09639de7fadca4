"""Which steps of a recorded run depend on each other, and which pairs of them could have come the other way round.

Two steps depend on each other when they touch the same key (or one ANYTHING) and one of them writes; what a step did besides its operation
(`Step.also`) counts as writes. Happens-before is made of the order in each task, of dependent steps, and of making a task before its steps.

Locks: a release comes before the acquire that it makes possible, but that is no choice; what could have come the other way round is the
acquire before. So from an operation that had to wait, the search goes on backwards past what made it possible.

Time: in strict mode the clock moves when nobody can go on, so all that was done before comes before all that is done after. In late-wake mode
a step that moves the clock depends on every other step with a deadline.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from sandbox.scheduler.engine import ANYTHING, CLOCK, Stop
from sandbox.scheduler.task import Task

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sandbox.scheduler.engine import Engine, Step

    Touch = tuple[object, bool, "How"]


class How(Enum):
    """Why a step touched a key."""

    OPERATION = auto()
    EFFECT = auto()  # besides: a lock that was held until then, a task that lived until then
    RULE = auto()  # the clock, the end of the run


@dataclass(frozen=True, slots=True)
class Race:
    """The step at `place` could have come later; for that one of the tasks `first` has to go on instead of it."""

    place: int
    first: frozenset[int]


@dataclass(frozen=True, slots=True, order=True)
class Access:
    """One key that the step at `place` touched."""

    place: int
    task: int
    write: bool
    effect: bool


def touches(step: Step, *, late: bool) -> list[Touch]:
    """What a step touched."""
    found: list[Touch] = []
    if step.key is not None:
        found.append((step.key, step.write, How.OPERATION))
    if late and step.timed:
        found.append((CLOCK, step.early, How.RULE))
    found += [(key, True, How.EFFECT) for key in step.also]
    return found


def ends_run(engine: Engine) -> bool:
    """Whether the last step ended it, not that nobody could make another: it cuts the others off, so it depends on all of theirs."""
    return engine.stop not in (None, Stop.DEADLOCK, Stop.PRUNED, Stop.DIVERGED) and bool(engine.steps)


class Trace:
    """One run, or its steps before `until`. Clocks are vectors: for each task the place of its last step that happened before."""

    def __init__(self, engine: Engine, until: int | None = None) -> None:
        self._engine = engine
        self._until = until
        self._steps = engine.steps if until is None else engine.steps[:until]
        self._ends = until is None and ends_run(engine)
        self._late = engine.late
        self._width = len(engine.tasks)
        self._clocks: list[list[int]] = []
        self._last: dict[int, int] = {}  # of each task, its last step so far
        self._made: dict[int, int] = {}  # of each task, the step that made it
        self._by_key: dict[object, list[Access]] = {}
        self._of_anything: list[Access] = []
        self._all: list[Access] = []
        self._barrier: list[int] | None = None  # what happened before the clock last moved

    def races(self, start: int) -> Iterator[Race]:
        """Those whose second step is at `start` or later, or was announced and never made."""
        end = len(self._steps) - 1 if self._ends else -1
        for place, step in enumerate(self._steps):
            if step.moved and not self._late:
                self._barrier = self._joined(self._clocks[last] for last in self._last.values())
            touched = touches(step, late=self._late)
            if place == end:
                touched.append((self._steps, True, How.RULE))
            waits = step.blocking and not (self._late and step.timed)
            clock = self._before(step.task)
            pairs = self._pairs(step.task, clock, touched, waits=waits, timed=step.timed)
            if self._barrier is not None:
                self._join(clock, self._barrier)
            self._clocks.append(clock)
            if place >= start:
                for first in pairs:
                    yield self._race(first, place, step.task)
            clock[step.task] = place
            self._last[step.task] = place
            for key, write, how in touched:
                if key is not self._steps:
                    self._note(key, Access(place, step.task, write, how is How.EFFECT))
        for announced in self._announced():
            yield from self._of_announced(*announced)

    def _announced(self) -> Iterator[tuple[int, object, bool, bool, bool]]:
        """Task, key, write, blocking, timed of what was never done. (Whoever was only put to sleep by the search is none.)"""
        able = self._engine.steps[self._until].enabled if self._until is not None else ()
        rest = self._engine.steps[self._until :] if self._until is not None else ()
        live = set(self._engine.live)
        for task in self._engine.tasks:
            if task.number in able or (task.number and task.number not in self._made):
                continue
            after = next((step for step in rest if step.task == task.number), None)
            if after is not None:
                yield after.task, after.key, after.write, after.blocking, after.timed
            elif task in live and (self._engine.stop is not Stop.PRUNED or not (task.ready is None or task.ready())):
                yield task.number, task.key, task.write, task.ready is not None, task.deadline is not None

    def _of_announced(self, task: int, key: object, write: bool, blocking: bool, timed: bool) -> Iterator[Race]:
        touched: list[Touch] = [] if key is None else [(key, write, How.OPERATION)]
        if self._late and timed:
            touched.append((CLOCK, True, How.RULE))
        if self._ends:
            touched.append((self._engine, True, How.OPERATION))
        clock = self._before(task)
        pairs = self._pairs(task, clock, touched, waits=blocking and not (self._late and timed), timed=timed)
        self._clocks.append(clock)
        for first in pairs:
            yield self._race(first, len(self._steps), task)
        self._clocks.pop()

    # -- happens-before -----------------------------------------------------------------------------------------------

    def _before(self, task: int) -> list[int]:
        known = self._last.get(task, self._made.get(task))
        return [-1] * self._width if known is None else self._clocks[known][:]

    @staticmethod
    def _join(clock: list[int], other: list[int]) -> None:
        for task, place in enumerate(other):
            clock[task] = max(clock[task], place)

    def _joined(self, clocks: Iterable[list[int]]) -> list[int]:
        found = [-1] * self._width
        for clock in clocks:
            self._join(found, clock)
        return found

    def _note(self, key: object, access: Access) -> None:
        if access.effect and isinstance(key, Task) and key.number != access.task:
            self._made.setdefault(key.number, access.place)
        if key is ANYTHING:
            self._of_anything.append(access)
        else:
            self._by_key.setdefault(key, []).append(access)
        self._all.append(access)

    def _earlier(self, key: object) -> list[Access]:
        """Accesses that may conflict with one of `key`, in order."""
        if key is ANYTHING:
            return self._all
        if key is self._steps:  # the end of the run comes after all
            return [Access(place, step.task, write=True, effect=False) for place, step in enumerate(self._steps[:-1])]
        if key is self._engine:  # and cuts off what was announced
            return [Access(len(self._steps) - 1, self._steps[-1].task, write=True, effect=False)]
        known = self._by_key.get(key, [])
        return sorted([*known, *self._of_anything]) if self._of_anything else known

    # -- races --------------------------------------------------------------------------------------------------------

    def _pairs(self, task: int, clock: list[int], touched: list[Touch], *, waits: bool, timed: bool) -> list[int]:
        """Earlier steps that could have come after this one. Joins into `clock` what happened before it."""
        own = clock[:]
        last = self._last.get(task, -1)
        found: dict[int, None] = {}
        for key, write, how in touched:
            waited = waits and how is How.OPERATION
            total = key is not ANYTHING and key is not self._steps  # each write comes after all that came before it
            ordered = False  # by a write
            for access in reversed(self._earlier(key)):
                place, other, wrote = access.place, access.task, access.write
                if not (write or wrote):
                    continue
                if place <= own[other] or other == task:
                    if wrote and total:
                        break
                    continue
                between = place <= clock[other]  # a third step comes after that one and before this
                if not ordered:
                    self._join(clock, self._clocks[place])
                ordered = ordered or (wrote and total)
                if not waited:
                    if not between:
                        found[place] = None
                    if wrote and total:
                        break
                elif access.effect and not timed:
                    continue  # it was impossible until then
                elif last > place:
                    found[place] = None  # nobody knows whether it was possible
                elif task in self._steps[place].enabled:
                    found[place] = None
                    if wrote and total:
                        break
        return list(found)

    def _race(self, first: int, place: int, task: int) -> Race:
        """The first steps of what could be done before the step `first`, up to the one at `place`."""
        owner = self._steps[first].task
        begun: dict[int, int] = {}
        found: set[int] = set()
        for other in range(first + 1, place + 1):
            clock = self._clocks[other]
            number = task if other == place else self._steps[other].task
            if (other < place and clock[owner] >= first) or number in begun:
                continue
            if not any(clock[each] >= start for each, start in begun.items()):
                found.add(number)
            begun[number] = other
        return Race(first, frozenset(found))
