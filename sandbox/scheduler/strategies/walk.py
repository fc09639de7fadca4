"""Random walk: at every step each task that can go on is as likely as any other."""

from __future__ import annotations

from random import Random

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sandbox.scheduler.engine import Engine
    from sandbox.scheduler.task import Task


class Walk:
    """`runs` independent walks."""

    def __init__(self, seed: int, runs: int) -> None:
        self._seed = seed
        self._runs = runs
        self._run = 0
        self._random: Callable[[], float]

    def begin(self) -> bool:
        if self._run >= self._runs:
            return False
        self._random = Random(f"{self._seed}:{self._run}").random
        self._run += 1
        return True

    def choose(self, engine: Engine, enabled: Sequence[Task]) -> Task:  # noqa: ARG002 - the protocol
        return enabled[int(self._random() * len(enabled))]

    def end(self, engine: Engine) -> None:
        """Nothing to learn."""
