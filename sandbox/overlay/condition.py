"""`threading.Condition`: wait is one step, possible once notified and the lock is free."""

from __future__ import annotations

from sandbox.overlay.locks import Lock, RLock
from sandbox.overlay.state import run
from sandbox.overlay.waiting import Waiter, is_owned, wake
from sandbox.scheduler import engine

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

PRIVATE = frozenset(("_waiters", "_is_owned", "_release_save", "_acquire_restore"))


def install(threading: Any) -> None:
    """Replace the methods of the copy; classes that touch private names keep the standard library's."""
    original = threading.Condition
    std_wait, std_notify = original.wait, original.notify
    plain: dict[type, bool] = {original: True}

    def is_plain(self: Any) -> bool:
        kind = type(self)
        known = plain.get(kind)
        if known is None:
            known = plain[kind] = not touches(kind, original, PRIVATE)
        return known and isinstance(self._lock, (Lock, RLock))

    def wait(self: Any, timeout: float | None = None) -> bool:
        """Wait until notified or until a timeout occurs."""
        active = engine.active
        if active is None or not is_plain(self):
            return bool(std_wait(self, timeout))
        lock = self._lock
        if not is_owned(lock):
            raise RuntimeError("cannot wait on un-acquired lock")
        if run.probed:
            active.point("release", lock)
        task = active.current
        assert task is not None
        deadline = None if timeout is None else active.now + max(0, timeout)
        waiter = Waiter(task, timed=deadline is not None)
        self._waiters.append(waiter)
        count = getattr(lock, "count", None)
        lock.let_go()
        active.point("wait", lock, True, 0, lambda: waiter.notified and lock.taken_by is None, deadline)
        notified = waiter.notified
        if lock.taken_by is not None:
            active.point("acquire", lock, True, 0, lock.is_free)
        lock.take(task)
        if count is not None:
            lock.count = count
        if not notified and waiter in self._waiters:
            self._waiters.remove(waiter)
        return notified

    def notify(self: Any, n: int = 1) -> None:
        """Wake up one or more tasks that wait on this condition, if any."""
        active = engine.active
        if active is None or not is_plain(self):
            std_notify(self, n)
            return
        lock = self._lock
        if not is_owned(lock):
            raise RuntimeError("cannot notify on un-acquired lock")
        if any(waiter.timed for waiter in self._waiters):
            active.point("notify", lock)  # before or after the timeout: somebody can see which
        wake(self, n)

    original.wait = wait
    original.notify = notify
    original._is_owned = is_taken


def is_taken(self: Any) -> bool:
    """`Condition._is_owned`: the standard library tries to take the lock, which would be a step on a lock of one's own."""
    lock = self._lock
    if isinstance(lock, Lock):
        return is_owned(lock)
    if lock.acquire(False):
        lock.release()
        return False
    return True


def touches(kind: type, base: type, names: frozenset[str]) -> bool:
    """Whether `kind` or a class between it and `base` defines or uses one of `names`."""
    for cls in kind.__mro__:
        if cls is base or cls is object:
            continue
        for name, value in vars(cls).items():
            if name in names or _uses(getattr(value, "__code__", None), names):
                return True
    return False


def _uses(code: Any, names: frozenset[str]) -> bool:
    if code is None:
        return False
    return not names.isdisjoint(code.co_names) or any(
        _uses(inner, names) for inner in code.co_consts if hasattr(inner, "co_names")
    )
