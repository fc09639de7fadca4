"""Every schedule twice: a program that does something else the second time depends on more than its schedule.

Addresses, hash order, the wall clock, state that outlives a run: what the scheduler does not control makes its findings hard to replay, so it is
said where it first shows.
"""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.scheduler.engine import Stop
from sandbox.scheduler.strategies.walk import Walk
from sandbox.scheduler.task import Task

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from sandbox.scheduler.engine import Engine, Step

    Seen = tuple[int, str, str, int]


@dataclass(frozen=True, slots=True)
class Difference:
    """The first one, at a step (from 1). Each side: task, kind, what it was about, site; None where that run was over.

    `where`: what `Engine.look` said there.
    """

    step: int
    first: tuple[int, str, str, int] | None
    second: tuple[int, str, str, int] | None
    where: object = None


class Check:
    """`schedules` schedules, each run twice; stops at the first `difference`. Needs `keep`."""

    keep = True
    late = False

    def __init__(self, seed: int, schedules: int) -> None:
        self._walk = Walk(seed, schedules)
        self._again = False
        self._choices: list[int] = []
        self._seen: list[Seen] = []
        self._places: list[object] = []
        self.difference: Difference | None = None

    def begin(self) -> bool:
        if self.difference is not None:
            return False
        if self._seen and not self._again:
            self._again = True
            return True
        self._again = False
        self._seen = []
        return self._walk.begin()

    def choose(self, engine: Engine, enabled: Sequence[Task]) -> Task | None:
        if not self._again:
            return self._walk.choose(engine, enabled)
        place = len(engine.choices)
        wanted = self._choices[place] if place < len(self._choices) else None
        for task in enabled:
            if task.number == wanted:
                return task
        self._compare(engine)
        engine.stop = Stop.DIVERGED
        return None

    def end(self, engine: Engine) -> None:
        if self._again:
            self._compare(engine)
        else:
            self._choices = list(engine.choices)
            self._seen = [seen(step) for step in engine.steps]
            self._places = [step.where for step in engine.steps]

    def _compare(self, engine: Engine) -> None:
        if self.difference is not None:
            return
        after = [seen(step) for step in engine.steps]
        for place in range(max(len(after), len(self._seen))):
            first = self._seen[place] if place < len(self._seen) else None
            second = after[place] if place < len(after) else None
            if first != second:
                places = self._places[place : place + 1] + [step.where for step in engine.steps[place : place + 1]]
                where = next((where for where in places if where is not None), None)
                self.difference = Difference(place + 1, first, second, where)
                return


def seen(step: Step) -> Seen:
    """What of a step must be the same in every run."""
    return step.task, step.kind, about(step.key), step.site


def about(key: object) -> str:
    """A key without any address."""
    if key is None:
        return ""
    if isinstance(key, Task):
        return f"task {key.number}"
    if isinstance(key, tuple):
        return f"({', '.join(map(about, key))})"
    if isinstance(key, str | int):
        return str(key)
    name = getattr(key, "name", None)
    made = getattr(key, "made", "")
    return f"{name if isinstance(name, str) and name else type(key).__name__} {made}".rstrip()
