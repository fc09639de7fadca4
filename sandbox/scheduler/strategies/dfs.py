"""Depth-first search over all choices, without any reduction: slow, and right for whatever the program does."""

from __future__ import annotations

from sandbox.scheduler.engine import Stop

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from sandbox.scheduler.engine import Engine
    from sandbox.scheduler.task import Task


class Dfs:
    """Every order with at most `preemptions` preemptions (None: every order). `exhausted`: all were seen, none was cut short by a budget.

    A preemption is a switch away from a task that could go on and does not sleep. There is no reduction because a bound and partial orders do
    not go together: what a reduced search leaves out may be the only order within the bound.
    """

    def __init__(self, preemptions: int | None = None) -> None:
        self._most = preemptions
        self._path: list[list[int]] = []  # of each choice the tasks left to try, the one being tried first
        self._depth = 0
        self._spent = 0  # preemptions of this run so far
        self._begun = False
        self._cut = False
        self.exhausted = False
        self.late = False

    def begin(self) -> bool:
        """To the next order: the last choice that has a task left takes it."""
        if self._begun:
            while self._path and len(self._path[-1]) == 1:
                self._path.pop()
            if not self._path:
                self.exhausted = not self._cut
                return False
            del self._path[-1][0]
        self._begun = True
        self._depth = self._spent = 0
        return True

    def choose(self, engine: Engine, enabled: Sequence[Task]) -> Task | None:
        current = engine.current
        stays = (
            current is not None
            and current in enabled
            and current.kind != "sleep"
            and (current.ready is None or current.ready())
        )
        if self._depth == len(self._path):
            self._path.append(self._options(current if stays else None, enabled))
        wanted = self._path[self._depth][0]
        self._depth += 1
        for task in enabled:
            if task.number == wanted:
                if stays and task is not current:
                    self._spent += 1
                return task
        engine.stop = Stop.DIVERGED  # not the program that it was in the run before
        self._cut = True
        return None

    def _options(self, current: Task | None, enabled: Sequence[Task]) -> list[int]:
        if current is None:
            return [task.number for task in enabled]
        if self._most is not None and self._spent >= self._most:
            return [current.number]
        return [current.number, *(task.number for task in enabled if task is not current)]

    def end(self, engine: Engine) -> None:
        if engine.stop in (Stop.STEPS, Stop.LOOPS, Stop.TASKS, Stop.OUTPUT):
            self._cut = True
        del self._path[self._depth :]
