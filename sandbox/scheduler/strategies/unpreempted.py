"""A task goes on until it has to wait: what a user of the program sees nearly always."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from sandbox.scheduler.engine import Engine
    from sandbox.scheduler.task import Task


class Unpreempted:
    """One run without preemptions; whoever was created first goes next, with `reverse` whoever was created last."""

    late = False

    def __init__(self, *, reverse: bool = False) -> None:
        self._place = -1 if reverse else 0
        self._begun = False

    def begin(self) -> bool:
        begun, self._begun = self._begun, True
        return not begun

    def choose(self, engine: Engine, enabled: Sequence[Task]) -> Task | None:
        current = engine.current
        return current if current in enabled else enabled[self._place]

    def end(self, engine: Engine) -> None:
        """Nothing to learn."""
