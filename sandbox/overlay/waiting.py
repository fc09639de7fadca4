"""How a task sleeps until another wakes it: what Condition, Event and the rest have in common."""

from __future__ import annotations

from sandbox.overlay.locks import Lock, RLock
from sandbox.scheduler import engine

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from sandbox.scheduler.task import Task


class Waiter:
    """One task in `Condition._waiters`. `release` is what the standard library's own notify calls."""

    __slots__ = ("its_task", "notified", "timed")

    def __init__(self, task: Task, *, timed: bool) -> None:
        self.its_task = task
        self.timed = timed
        self.notified = False

    def is_notified(self) -> bool:
        return self.notified

    def release(self) -> None:
        if self.notified:
            raise RuntimeError("release unlocked lock")
        self.notified = True
        if self.timed and self.its_task.kind == "wait":
            self.its_task.deadline = None  # it was in time, however long it waits for the lock


def wake(condition: Any, count: int) -> None:
    """Up to `count` of those who wait for `condition`, in their order; whoever holds its lock or is about to let others see the change."""
    waiters = condition._waiters
    condition._lock.missed = True
    while waiters and count > 0:
        waiters.popleft().release()
        count -= 1


def is_owned(lock: Lock | RLock) -> bool:
    """As `Condition._is_owned`: a plain lock is anybody's. Looking at a lock of one's own is no step."""
    active = engine.active
    if active is None or isinstance(lock, RLock):
        return lock._is_owned() if isinstance(lock, RLock) else lock.taken_by is not None
    if lock.taken_by is not active.current:
        active.point("look", lock, False)
    return lock.taken_by is not None
