"""The decisions of another strategy: kept in one run, made again in another in which more steps are no choices."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from sandbox.scheduler.engine import Engine, Strategy
    from sandbox.scheduler.task import Task


class Deciding:
    """As `strategy` decides in the run that it has begun; `decisions` are the numbers of the tasks it chose."""

    def __init__(self, strategy: Strategy) -> None:
        self._strategy = strategy
        self.decisions: list[int] = []

    def begin(self) -> bool:
        return True

    def choose(self, engine: Engine, enabled: Sequence[Task]) -> Task | None:
        chosen = self._strategy.choose(engine, enabled)
        if chosen is not None:
            self.decisions.append(chosen.number)
        return chosen

    def end(self, engine: Engine) -> None:
        self._strategy.end(engine)


class Decided:
    """One run with the same decisions; where one cannot be made, and after the last, without preemptions."""

    def __init__(self, decisions: Sequence[int]) -> None:
        self._decisions = iter(decisions)

    def begin(self) -> bool:
        return True

    def choose(self, engine: Engine, enabled: Sequence[Task]) -> Task | None:
        wanted = next(self._decisions, None)
        for task in enabled:
            if task.number == wanted:
                return task
        current = engine.current
        return current if current in enabled else enabled[0]

    def end(self, engine: Engine) -> None:
        """Nothing to learn."""
