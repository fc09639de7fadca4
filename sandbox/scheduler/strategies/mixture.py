"""A fixed mixture of samplers: what one of them hardly ever meets, another does.

Measured: random walk, PCT and bursts each have a bug that few of their runs expose; the worst bug of the mixture shows in 9 % of its runs.
"""

from __future__ import annotations

from sandbox.scheduler.strategies.burst import Burst
from sandbox.scheduler.strategies.pct import Pct
from sandbox.scheduler.strategies.walk import Walk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from sandbox.scheduler.engine import Engine
    from sandbox.scheduler.task import Task


class Mixture:
    """Random walk, PCT, burst in turn; every second run is late-wake, so that six runs hold every combination."""

    def __init__(self, seed: int, runs: int) -> None:
        self.runs = runs
        self.made = 0
        self._parts = (Walk(seed, runs), Pct(seed, runs), Burst(seed, runs))
        self._part: Walk | Pct | Burst = self._parts[0]
        self.late = False

    def begin(self) -> bool:
        if self.made >= self.runs:
            return False
        self._part = self._parts[self.made % 3]
        self.late = self.made % 2 == 1
        self.made += 1
        self._part.begin()
        return True

    def choose(self, engine: Engine, enabled: Sequence[Task]) -> Task | None:
        return self._part.choose(engine, enabled)

    def end(self, engine: Engine) -> None:
        self._part.end(engine)
