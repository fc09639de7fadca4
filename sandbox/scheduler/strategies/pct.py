"""PCT: random priorities that change at a few random moments (Burckhardt et al., ASPLOS 2010).

A bug that needs d ordering constraints is found in each run with probability 1/(n k^(d-1)) at least: n tasks, k choices. Priorities alone
would let a task that polls run for ever, so after 2k choices the rest of the run is a random walk.
"""

from __future__ import annotations

from random import Random

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from sandbox.scheduler.engine import Engine
    from sandbox.scheduler.task import Task


class Pct:
    """`runs` runs with `depth` - 1 changes of priority; k is learnt from the runs so far."""

    def __init__(self, seed: int, runs: int, depth: int = 3) -> None:
        self._seed = seed
        self._runs = runs
        self._depth = depth
        self._run = 0
        self._length = 32  # k: choices in a run, about
        self._count = 0
        self._random: Random
        self._priorities: dict[int, float] = {}
        self._changes: dict[int, float] = {}  # at which choice somebody falls to which priority

    def begin(self) -> bool:
        if self._run >= self._runs:
            return False
        self._random = draw = Random(f"{self._seed}:{self._run}")
        self._run += 1
        self._count = 0
        self._priorities = {}
        self._changes = {1 + int(draw.random() * self._length): -float(rank) for rank in range(1, self._depth)}
        return True

    def choose(self, engine: Engine, enabled: Sequence[Task]) -> Task:  # noqa: ARG002 - the protocol
        self._count += 1
        if self._count > 2 * self._length:
            return enabled[int(self._random.random() * len(enabled))]
        chosen = self._highest(enabled)
        if self._count in self._changes:
            self._priorities[chosen.number] = self._changes[self._count]
            chosen = self._highest(enabled)
        return chosen

    def _highest(self, enabled: Sequence[Task]) -> Task:
        priorities = self._priorities
        for task in enabled:
            if task.number not in priorities:
                priorities[task.number] = self._random.random()
        return max(enabled, key=lambda task: priorities[task.number])

    def end(self, engine: Engine) -> None:  # noqa: ARG002 - the protocol
        self._length = max(2, (self._length + self._count + 1) // 2)
