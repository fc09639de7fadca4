"""DPOR: of all orders that differ only in steps that do not depend on each other, one is run.

Source sets and sleep sets (Abdulla, Aronis, Jonsson, Sagonas, JACM 2017), after each run over its recorded steps. What depends on what says
`scheduler.dependence`. No bound on preemptions: a bound and reduction lose outcomes together.
"""

from __future__ import annotations

from sandbox.scheduler.dependence import Trace, ends_run, touches
from sandbox.scheduler.engine import ANYTHING, CLOCK, Key, Stop
from sandbox.scheduler.task import Task

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from sandbox.scheduler.dependence import Touch
    from sandbox.scheduler.engine import Engine

    Effects = frozenset[object] | None
    """Labels of keys that a step wrote besides its operation. They mean the same in every run with the same beginning. None: anything."""


OWN = "own"  # the key of the operation itself


class Node:
    """A choice on the path. `todo`: tasks to try; `done`: tried, with what their step did besides; `asleep`: tried before the path came here."""

    __slots__ = ("asleep", "chosen", "done", "enabled", "place", "todo")

    def __init__(self, place: int, enabled: tuple[int, ...], chosen: int, asleep: dict[int, Effects]) -> None:
        self.place = place
        self.enabled = enabled
        self.chosen = chosen
        self.asleep = asleep
        self.todo = {chosen}
        self.done: dict[int, Effects] = {}


class Dpor:
    """`exhausted`: every order was seen, or one that does the same, and none was cut short by a budget or by fairness. Needs `keep`."""

    keep = True
    late = False

    def __init__(self) -> None:
        self.exhausted = False
        self._cut = False
        self._path: list[Node] = []
        self._branch = 0  # where this run leaves the one before
        self._depth = 0  # choices of this run so far
        self._place = 0  # steps of this run that were looked at
        self._asleep: dict[int, Effects] = {}
        self._redundant: int | None = None  # the first step of a sleeper: a run like this one was made
        self._labels: dict[object, object] = {}  # of keys, by their first use in this run
        self._known: list[int] = []  # before each step: labels given

    def begin(self) -> bool:
        if self._known:
            while self._path:
                node = self._path[-1]
                left = sorted(node.todo - node.done.keys() - node.asleep.keys())
                if left:
                    node.chosen = left[0]
                    break
                self._path.pop()
            else:
                self.exhausted = not self._cut
                return False
        self._branch = self._path[-1].place if self._path else 0
        self._depth = self._place = 0
        self._asleep = {}
        self._redundant = None
        self._labels = {}
        self._known = [0]
        return True

    def choose(self, engine: Engine, enabled: Sequence[Task]) -> Task | None:
        numbers = tuple(task.number for task in enabled)
        place = len(engine.steps)
        if self._depth < len(self._path):
            node = self._path[self._depth]
            if node.place != place or node.enabled != numbers:
                engine.stop = Stop.DIVERGED  # not the program that it was in the run before
                return None
            self._look(engine)
            self._asleep = {**node.asleep, **node.done}
        else:
            self._look(engine)
            if self._redundant is not None:
                return None
            free = [task for task in enabled if task.number not in self._asleep]
            if not free:
                return None
            chosen = engine.current if engine.current in free else free[0]
            node = Node(place, numbers, chosen.number, dict(self._asleep))
            self._path.append(node)
        self._depth += 1
        self._asleep.pop(node.chosen, None)
        return enabled[numbers.index(node.chosen)]

    def end(self, engine: Engine) -> None:
        """Where this run could have gone another way, that way is noted."""
        self._look(engine)
        if engine.stop in (Stop.STEPS, Stop.LOOPS, Stop.TASKS, Stop.OUTPUT, Stop.DIVERGED):
            self._cut = True
        if engine.polls or engine.early >= engine.limits.early:
            self._cut = True
        if engine.stop is Stop.DIVERGED:
            return
        nodes = {node.place: node for node in self._path[: self._depth]}
        for place, node in nodes.items():
            if place < len(engine.steps):
                node.done[node.chosen] = self._effects(engine, place)
        for race in Trace(engine, self._redundant).races(self._branch):
            found = nodes.get(race.place)
            if found is None:
                self._cut = self._cut or len(engine.steps[race.place].enabled) > 1  # fairness chose
            elif race.first.isdisjoint(found.todo) and race.first.isdisjoint(found.asleep):
                able = race.first.intersection(found.enabled)
                found.todo |= {min(able)} if able else set(found.enabled)

    # -- sleep sets ---------------------------------------------------------------------------------------------------

    def _look(self, engine: Engine) -> None:
        """Steps made since the last look wake the sleepers whose operation depends on them."""
        steps = engine.steps
        late = engine.late
        for place in range(self._place, len(steps)):
            step = steps[place]
            touched = touches(step, late=late)
            for key, _, _ in touched:
                self._labels.setdefault(key, self._label(key))
            self._known.append(len(self._labels))
            if self._asleep.pop(step.task, False) is not False and self._redundant is None:
                self._redundant = place
            for number, effects in list(self._asleep.items()):
                after = next((other for other in steps[place + 1 :] if other.task == number), None)
                task = engine.tasks[number]
                if after is not None:
                    key, write, timed = after.key, after.write, after.timed
                else:
                    key, write, timed = task.key, task.write, task.deadline is not None
                if self._depends(touched, key, effects, write=write, timed=late and timed):
                    del self._asleep[number]
        self._place = len(steps)

    def _depends(self, touched: list[Touch], own: object, effects: Effects, *, write: bool, timed: bool) -> bool:
        """Whether an operation on `own`, and what it is known to do besides, depends on a step."""
        if effects is None:
            return True
        if own is None and not effects and not timed:
            return False
        for key, writes, _ in touched:
            if key is ANYTHING or own is ANYTHING or (timed and key is CLOCK):
                return True
            if key == own and (writes or write or OWN in effects):
                return True
            if self._labels[key] in effects:
                return True
        return False

    def _label(self, key: object) -> object:
        """A name of a key that holds in all runs with the same beginning: its place in the order of first use."""
        if isinstance(key, Task):
            return key.number
        return ("key", len(self._labels)) if not isinstance(key, Key) else key.name

    def _effects(self, engine: Engine, place: int) -> Effects:
        step = engine.steps[place]
        if place == len(engine.steps) - 1 and ends_run(engine):
            return None
        found: set[object] = set()
        for key in step.also:
            label = self._labels[key]
            if key == step.key:
                found.add(OWN)
            elif isinstance(label, tuple) and label[1] >= self._known[place]:
                return None  # first used here: it has no name before
            else:
                found.add(label)
        return frozenset(found)
