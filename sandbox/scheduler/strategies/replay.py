"""One recorded order once more."""

from __future__ import annotations

from sandbox.scheduler.engine import Stop

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from sandbox.scheduler.engine import Engine
    from sandbox.scheduler.schedule import Schedule
    from sandbox.scheduler.task import Task


class Replay:
    """Follows the schedule step by step and goes on without preemptions after its end.

    When the task that the schedule names cannot go on there, or the program is through before the schedule is, this is another program than
    the one recorded: the run ends as `Stop.DIVERGED` and `step` says where (from 1).
    """

    def __init__(self, schedule: Schedule) -> None:
        self._order = [task for task, steps in schedule.segments for _ in range(steps)]
        self._begun = False
        self._seen = 0  # steps compared
        self.late = schedule.late
        self.step: int | None = None

    def begin(self) -> bool:
        begun, self._begun = self._begun, True
        return not begun

    def choose(self, engine: Engine, enabled: Sequence[Task]) -> Task | None:
        if not self._follows(engine):
            return None
        if self._seen < len(self._order):
            wanted = self._order[self._seen]
            for task in enabled:
                if task.number == wanted:
                    return task
            self._diverge(engine, self._seen)
            return None
        current = engine.current
        return current if current in enabled else enabled[0]

    def end(self, engine: Engine) -> None:
        if self._follows(engine) and self._seen < len(self._order):
            self._diverge(engine, self._seen)

    def _follows(self, engine: Engine) -> bool:
        """Compare the steps made since the last look: nobody was asked about those that only one task could make."""
        if self.step is not None:
            return False
        made = engine.choices[self._seen :]
        wanted = self._order[self._seen : self._seen + len(made)]
        if made[: len(wanted)] != wanted:
            first = next(place for place, (is_, was) in enumerate(zip(made, wanted, strict=False)) if is_ != was)
            self._diverge(engine, self._seen + first)
            return False
        self._seen += len(made)
        return True

    def _diverge(self, engine: Engine, place: int) -> None:
        self.step = place + 1
        engine.stop = Stop.DIVERGED
