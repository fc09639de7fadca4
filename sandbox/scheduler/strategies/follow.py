"""A schedule as far as it can be followed: for schedules out of which something was cut."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from sandbox.scheduler.engine import Engine
    from sandbox.scheduler.schedule import Schedule
    from sandbox.scheduler.task import Task


class Follow:
    """Segment by segment: the task runs until it has made as many steps as it has in the schedule by then, or has to wait.

    What it could not do is done in its next segment. After the end it goes on without preemptions. The order that comes of it is in
    `engine.choices`.
    """

    def __init__(self, schedule: Schedule) -> None:
        totals: dict[int, int] = {}
        self._segments: list[tuple[int, int]] = []  # task, steps that it has made at the end of the segment
        for task, steps in schedule.segments:
            totals[task] = totals.get(task, 0) + steps
            self._segments.append((task, totals[task]))
        self._place = 0
        self._begun = False
        self.late = schedule.late

    def begin(self) -> bool:
        begun, self._begun = self._begun, True
        return not begun

    def choose(self, engine: Engine, enabled: Sequence[Task]) -> Task | None:
        while self._place < len(self._segments):
            number, total = self._segments[self._place]
            for task in enabled:
                if task.number == number and task.visible < total:
                    return task
            self._place += 1
        current = engine.current
        return current if current in enabled else enabled[0]

    def end(self, engine: Engine) -> None:
        """Nothing to learn."""
