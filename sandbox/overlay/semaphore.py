"""`threading.Semaphore` and BoundedSemaphore: acquire and release are one step each, also beside code that uses their inner condition."""

from __future__ import annotations

from weakref import ref

from sandbox.overlay.locks import Lock
from sandbox.overlay.state import acquired, deadline_after, passed
from sandbox.overlay.waiting import wake
from sandbox.scheduler import engine

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def install(threading: Any) -> None:
    """Replace the methods of the copy."""
    semaphore, bounded = threading.Semaphore, threading.BoundedSemaphore
    std_init, std_acquire, std_release, std_bounded = (
        semaphore.__init__,
        semaphore.acquire,
        semaphore.release,
        bounded.release,
    )

    def __init__(self: Any, value: int = 1) -> None:  # noqa: N807 - becomes a method
        std_init(self, value)
        self._cond._lock.of = ref(self)

    def acquire(self: Any, blocking: bool = True, timeout: float | None = None) -> bool:
        """Take one, waiting until there is one."""
        active = engine.active
        lock = self._cond._lock
        if active is None or type(lock) is not Lock:
            return bool(std_acquire(self, blocking, timeout))
        if not blocking and timeout is not None:
            raise ValueError("can't specify timeout for non-blocking acquire")
        if blocking:
            active.point(
                "acquire", lock, True, 0, lambda: self._value > 0 and lock.taken_by is None, deadline_after(timeout)
            )
        else:
            active.point("try", lock, True, 0, lock.is_free)
        if self._value <= 0:
            return False
        self._value -= 1
        acquired(lock)
        return True

    def give(self: Any, n: int, most: int | None) -> None:
        if n < 1:
            raise ValueError("n must be one or more")
        active = engine.active
        assert active is not None
        lock = self._cond._lock
        active.point("release", lock, True, 0, lock.is_free)
        if most is not None and self._value + n > most:
            raise ValueError("Semaphore released too many times")
        passed(lock)
        self._value += n
        wake(self._cond, n)

    def release(self: Any, n: int = 1) -> None:
        """Put `n` back."""
        if engine.active is None or type(self._cond._lock) is not Lock:
            std_release(self, n)
        elif not engine.active.is_killing:
            give(self, n, None)

    def release_bounded(self: Any, n: int = 1) -> None:
        """Put `n` back, at most as many as there were."""
        if engine.active is None or type(self._cond._lock) is not Lock:
            std_bounded(self, n)
        elif not engine.active.is_killing:
            give(self, n, self._initial_value)

    semaphore.__init__ = __init__
    semaphore.acquire = semaphore.__enter__ = acquire
    semaphore.release = release
    bounded.release = release_bounded
    for function in (acquire, release, release_bounded):
        function.__qualname__ = f"Semaphore.{function.__name__}"
