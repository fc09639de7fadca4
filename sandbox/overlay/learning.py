"""Which sites of a program are worth a choice, as its runs show."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from sandbox.overlay.access import Key
    from sandbox.scheduler.task import Task


class Learning:
    """Which sites touch what two tasks touch, one of them writing, with no fork in between. Others can be left out: they are the same
    in every schedule that makes the same accesses, which is likely after a few different runs, and not certain.
    """

    def __init__(self) -> None:
        self.seen: set[int] = set()
        self.hot: set[int] = set()
        self.runs = 0
        self._by_key: dict[Key, dict[tuple[Task, bool], tuple[int, set[int]]]] = {}

    def begin(self) -> Learning:
        """Of a new run."""
        self.runs += 1
        self._by_key = {}
        return self

    def end(self) -> None:
        """Forget the run's tasks."""
        self._by_key = {}

    def cold(self) -> set[int]:
        """Sites that were passed and never shared."""
        return self.seen - self.hot

    def accessed(self, task: Task, key: Key, is_write: bool, site: int, tasks: int) -> None:
        """`tasks`: how many there were when it was."""
        self.seen.add(site)
        before = self._by_key.setdefault(key, {})
        for (other, other_writes), (made, passed) in before.items():
            if other is not task and (is_write or other_writes) and not _forked_after(other, made, task):
                self.hot.add(site)
                self.hot |= passed
        _, passed = before.get((task, is_write), (0, set()))
        passed.add(site)
        before[task, is_write] = tasks, passed


def _forked_after(parent: Task, tasks: int, task: Task) -> bool:
    """Whether `task` comes from a fork that `parent` made when there were `tasks` already."""
    found: Task | None = task
    while found is not None:
        if found.parent is parent:
            return found.number >= tasks
        found = found.parent
    return False
