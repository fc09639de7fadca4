"""Whether choices that were reported are those that the strategy makes: whoever keeps the seed can make them again.

The process that explored runs the program as well, which may have changed whatever it could reach. Its choices follow from the seed and from
which tasks could go on; a strategy that was patched, or that no longer decides, makes others.
"""

from __future__ import annotations

from types import SimpleNamespace

from sandbox.scheduler.strategies.mixture import Mixture

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from sandbox.scheduler.engine import Engine
    from sandbox.scheduler.task import Task

    Pick = Sequence[int]  # the current task, the one that goes on, and all that could

RUNS, PICKS = 6, 300  # every sampler in both time modes; of each run so many choices at most


class Audited(Mixture):
    """The mixture, with the choices of its first runs kept in `picks`: a list for each run."""

    def __init__(self, seed: int, runs: int) -> None:
        super().__init__(seed, runs)
        self.picks: list[list[Pick]] = []

    def begin(self) -> bool:
        if not super().begin():
            return False
        if len(self.picks) <= RUNS:
            self.picks.append([])
        return True

    def choose(self, engine: Engine, enabled: Sequence[Task]) -> Task | None:
        chosen = super().choose(engine, enabled)
        if len(self.picks) <= RUNS and chosen is not None:
            current = -1 if engine.current is None else engine.current.number
            self.picks[-1].append([current, chosen.number, *(task.number for task in enabled)])
        return chosen

    def sample(self) -> list[list[Pick]]:
        """What the audit needs: whole runs from the first, as far as they are short."""
        found = []
        for picks in self.picks[:RUNS]:
            if len(picks) > PICKS:
                break
            found.append(picks)
        return found


def follows(seed: int, runs: int, sample: Sequence[Sequence[Pick]]) -> bool:
    """Whether the mixture of this seed makes exactly these choices among these tasks."""
    mixture = Mixture(seed, runs)
    for picks in sample:
        if not mixture.begin() or any(len(pick) < 2 + 2 for pick in picks):
            return False
        tasks: dict[int, Any] = {}
        engine: Any = SimpleNamespace(current=None)
        for current, chosen, *enabled in picks:
            for number in (current, *enabled):
                tasks.setdefault(number, SimpleNamespace(number=number))
            engine.current = tasks[current]
            picked = mixture.choose(engine, [tasks[number] for number in enabled])
            if picked is None or picked.number != chosen:
                return False
        mixture.end(engine)
    return True
