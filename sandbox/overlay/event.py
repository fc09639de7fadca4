"""`threading.Event`: set, clear and is_set are one step; wait is one when the flag is set and otherwise two, to begin and to wake.

A task that has begun to wait is woken by a `set` even if `clear` follows; one that has not is not.
"""

from __future__ import annotations

from weakref import ref

from sandbox.overlay.locks import Lock
from sandbox.overlay.state import acquired, deadline_after, passed
from sandbox.overlay.waiting import Waiter, wake
from sandbox.scheduler import engine

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def install(threading: Any) -> None:
    """Replace the methods of the copy."""
    event = threading.Event
    std_init, std_set, std_clear, std_wait = event.__init__, event.set, event.clear, event.wait

    def __init__(self: Any) -> None:  # noqa: N807 - becomes a method
        std_init(self)
        self._cond._lock.of = ref(self)

    def is_set(self: Any) -> bool:
        """Return true if and only if the internal flag is true."""
        active = engine.active
        lock = self._cond._lock
        if active is not None:
            active.point("look", lock, False)
        if self._flag:
            acquired(lock)
        return bool(self._flag)

    def set_flag(self: Any) -> None:
        """Set the flag and wake everybody."""
        active = engine.active
        lock = self._cond._lock
        if active is None or type(lock) is not Lock:
            std_set(self)
            return
        active.point("set", lock, True, 0, lock.is_free)
        passed(lock)
        self._flag = True
        wake(self._cond, len(self._cond._waiters))

    def clear(self: Any) -> None:
        """Reset the flag."""
        active = engine.active
        lock = self._cond._lock
        if active is None or type(lock) is not Lock:
            std_clear(self)
            return
        active.point("clear", lock, True, 0, lock.is_free)
        self._flag = False

    def wait(self: Any, timeout: float | None = None) -> bool:
        """Block until the flag is set or the timeout is over."""
        active = engine.active
        lock = self._cond._lock
        if active is None or type(lock) is not Lock:
            return bool(std_wait(self, timeout))
        deadline = deadline_after(timeout)
        active.point("wait", lock, True, 0, lock.is_free)
        if not self._flag:
            task = active.current
            assert task is not None
            waiter = Waiter(task, timed=deadline is not None)
            self._cond._waiters.append(waiter)
            active.point("wait", lock, True, 0, waiter.is_notified, deadline)
            if not waiter.notified:
                if waiter in self._cond._waiters:
                    self._cond._waiters.remove(waiter)
                return False
        acquired(lock)
        return True

    event.__init__ = __init__
    event.is_set = is_set
    event.set = set_flag
    event.clear = clear
    event.wait = wait
