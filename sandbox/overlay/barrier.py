"""`threading.Barrier`: the standard library's states, with one step to arrive and one to leave (the last to arrive needs no second)."""

from __future__ import annotations

from weakref import ref

from sandbox.overlay.condition import touches
from sandbox.overlay.locks import Lock
from sandbox.overlay.state import acquired, deadline_after, passed
from sandbox.overlay.waiting import wake
from sandbox.scheduler import engine

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

FILLING, DRAINING, RESETTING, BROKEN = 0, 1, -1, -2
PRIVATE = frozenset(("_enter", "_release", "_wait", "_exit", "_break", "_state", "_count", "_cond"))


def install(threading: Any) -> None:
    """Replace the methods of the copy; classes that touch private names keep the standard library's."""
    barrier = threading.Barrier
    std_init, std_wait = barrier.__init__, barrier.wait

    def __init__(self: Any, parties: int, action: Any = None, timeout: float | None = None) -> None:  # noqa: N807
        std_init(self, parties, action, timeout)
        self._cond._lock.of = ref(self)

    def wait(self: Any, timeout: float | None = None) -> int:
        """Wait until all parties are here; which of them this one is."""
        active = engine.active
        lock = self._cond._lock
        if active is None or type(lock) is not Lock or touches(type(self), barrier, PRIVATE):
            return int(std_wait(self, timeout))
        if timeout is None:
            timeout = self._timeout
        active.point("wait", lock, True, 0, lambda: lock.taken_by is None and self._state not in (DRAINING, RESETTING))
        if self._state < 0:
            raise threading.BrokenBarrierError
        passed(lock)
        index: int = self._count
        self._count += 1
        try:
            if index + 1 == self._parties:
                open_up(self)
            else:
                deadline = deadline_after(timeout)
                active.point("wait", lock, True, 0, lambda: self._state != FILLING and lock.taken_by is None, deadline)
                if self._state == FILLING:
                    self._state = BROKEN
                    wake(self._cond, len(self._cond._waiters))
                if self._state < 0:
                    raise threading.BrokenBarrierError
            acquired(lock)
            return index
        finally:
            self._count -= 1
            if self._count == 0 and self._state in (DRAINING, RESETTING):
                self._state = FILLING
                wake(self._cond, len(self._cond._waiters))

    def open_up(self: Any) -> None:
        """By the last to arrive, under the lock while the action runs."""
        lock = self._cond._lock
        active = engine.active
        assert active is not None
        try:
            if self._action:
                lock.taken_by = active.current
                try:
                    self._action()
                finally:
                    lock.taken_by = None
            self._state = DRAINING
        except BaseException:
            self._state = BROKEN
            raise
        finally:
            wake(self._cond, len(self._cond._waiters))

    def look(name: str) -> property:
        std = vars(barrier)[name].fget

        def read(self: Any) -> Any:
            active = engine.active
            if active is not None:
                active.point("look", self._cond._lock, False)
            return std(self)

        return property(read, doc=std.__doc__)

    def show(self: Any) -> str:
        rest = (
            "broken" if self._state == BROKEN else f"waiters={self._count if self._state == 0 else 0}/{self._parties}"
        )
        return f"<{type(self).__module__}.{type(self).__qualname__} at {hex(id(self))}: {rest}>"

    barrier.__init__ = __init__
    barrier.wait = wait
    barrier.__repr__ = show
    barrier.n_waiting, barrier.broken = look("n_waiting"), look("broken")
