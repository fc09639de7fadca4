"""`_thread.lock` and `_thread.RLock`.

A blocking acquire is one step, enabled while the lock is free. A release is a step only where somebody could see the difference (see
`state.Run.probed`); otherwise it is told to the engine as an effect of the step before it.
"""

from __future__ import annotations

from sandbox.overlay.state import FIRST_IDENT, address, record, run
from sandbox.scheduler import engine

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn
    from weakref import ReferenceType

    from sandbox.scheduler.task import Task

TIMEOUT_MAX = 9223372036.0
FIRST, SECOND = 64, 4096  # times a free lock was taken by one task: after so many only every so many-th is a step
OUTSIDE: Any = "outside"  # the owner of a lock that is taken while no run is on


def check_timeout(blocking: bool, timeout: float) -> None:
    """The errors of `acquire`."""
    if not blocking and timeout != -1:
        raise ValueError("can't specify a timeout for a non-blocking call")
    if timeout < 0 and timeout != -1:
        raise ValueError("timeout value must be a non-negative number")
    if timeout > TIMEOUT_MAX:
        raise OverflowError("timeout value is too large")


def is_worn(task: Any, lock: Any) -> bool:
    """Whether the task has taken the lock so often that taking it while it is free, and giving it back, is a step only now and then."""
    count: int = task.taken.get(lock.made, 0)
    return count > FIRST and bool(count % (FIRST if count <= SECOND else SECOND))


def name_of(lock: Any) -> str:
    """What a scenario calls it, or what kind it is."""
    names = run.labels.get(id(lock), (None, ()))[1]
    return names[0] if names else type(lock).__name__


class Lock:
    """`taken_by`: the task that took it, whoever may release it. `of`: the queue, semaphore, event or barrier whose inner lock it is."""

    __slots__ = ("__weakref__", "made", "missed", "name", "of", "taken_by")

    def __init__(self) -> None:
        self.missed = False  # a wake-up was given under it; who still waits did not get it
        self.taken_by: Task | None = None
        self.of: ReferenceType[Any] | None = None
        self.name = ""
        self.made = run.serial()

    def __init_subclass__(cls) -> None:
        if cls.__module__ != "sandbox.overlay.locks":
            raise TypeError("type '_thread.lock' is not an acceptable base type")

    def __hash__(self) -> int:
        return self.made

    def __repr__(self) -> str:
        state = "unlocked" if self.taken_by is None else "locked"
        return f"<{state} {type(self).__module__}.{type(self).__qualname__} object at {address(self.made)}>"

    def __reduce__(self) -> NoReturn:
        raise TypeError(f"cannot pickle '{type(self).__module__}.{type(self).__qualname__}' object")

    def is_free(self) -> bool:
        return self.taken_by is None

    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:
        active = engine.active
        if active is None:
            return self._outside()
        task = active.current
        assert task is not None
        if not blocking or timeout != -1:
            check_timeout(bool(blocking), timeout)
            if not blocking or timeout == 0:
                active.point("try", self)
                if self.taken_by is not None:
                    return False
            elif not active.point("acquire", self, True, 0, self.is_free, active.now + timeout):
                return False
        elif self.taken_by is None and is_worn(task, self):
            active.effect(self)
            active.is_thinned = True
        else:
            active.point("acquire", self, True, 0, self.is_free)
        self.take(task)
        if run.watch:
            record("acquire", name_of(self))
        return True

    def _outside(self) -> bool:
        if self.taken_by is not None:
            return False
        self.taken_by = OUTSIDE
        return True

    def take(self, task: Task) -> None:
        """By `task`; it is free."""
        self.taken_by = task
        task.taken[self.made] = task.taken.get(self.made, 0) + 1
        task.held.append(self)
        active = engine.active
        if active is not None and active.observer is not None:
            active.observer.acquired(task, self)

    def let_go(self) -> None:
        """By the current task, on behalf of whoever took it."""
        owner = self.taken_by
        active = engine.active
        if active is not None and owner is not None and owner is not OUTSIDE:
            if self in owner.held:
                owner.held.remove(self)
            if active.observer is not None and active.current is not None and not active.is_killing:
                active.observer.released(active.current, self)
            active.effect(self)
        self.taken_by = None

    def release(self) -> None:
        active = engine.active
        if active is not None:
            if active.is_killing:
                self.taken_by = None
                return
            if run.probed and not is_worn(active.current, self):
                active.point("release", self)
        if self.taken_by is None:
            raise RuntimeError("release unlocked lock")
        self.let_go()
        if run.watch:
            record("release", name_of(self))

    def locked(self) -> bool:
        active = engine.active
        if active is not None:
            active.point("look", self, False)
        return self.taken_by is not None

    def __enter__(self) -> bool:
        return self.acquire()

    def __exit__(self, *_: object) -> None:
        self.release()

    acquire_lock = acquire
    release_lock = release
    locked_lock = locked

    def _at_fork_reinit(self) -> None:
        self.taken_by = None


class RLock:
    """`count`: how often its owner has taken it."""

    __slots__ = ("__weakref__", "count", "made", "missed", "name", "taken_by")

    def __init__(self, *_: object, **__: object) -> None:  # as the C class, any argument is fine
        self.missed = False
        self.taken_by: Task | None = None
        self.count = 0
        self.name = ""
        self.made = run.serial()

    def __hash__(self) -> int:
        return self.made

    def __repr__(self) -> str:
        state = "unlocked" if self.taken_by is None else "locked"
        owner = 0 if self.taken_by is None else ident_of(self.taken_by)
        kind = f"{type(self).__module__}.{type(self).__qualname__}"
        return f"<{state} {kind} object owner={owner} count={self.count} at {address(self.made)}>"

    def __reduce__(self) -> NoReturn:
        raise TypeError(f"cannot pickle '{type(self).__module__}.{type(self).__qualname__}' object")

    is_free: Any = Lock.is_free
    take: Any = Lock.take
    let_go: Any = Lock.let_go

    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:
        active = engine.active
        task = OUTSIDE if active is None else active.current
        if not blocking or timeout != -1:
            check_timeout(bool(blocking), timeout)
        if self.taken_by is not None and self.taken_by is task:
            self.count += 1
            return True
        if active is None:
            if self.taken_by is not None:
                return False
            self.taken_by, self.count = OUTSIDE, 1
            return True
        if not blocking or timeout == 0:
            active.point("try", self)
            if self.taken_by is not None:
                return False
        elif timeout != -1:
            if not active.point("acquire", self, True, 0, self.is_free, active.now + timeout):
                return False
        elif self.taken_by is None and is_worn(task, self):
            active.effect(self)
            active.is_thinned = True
        else:
            active.point("acquire", self, True, 0, self.is_free)
        self.take(task)
        self.count = 1
        if run.watch:
            record("acquire", name_of(self))
        return True

    def release(self) -> None:
        active = engine.active
        if active is None:
            task = OUTSIDE
        elif active.is_killing:
            self.taken_by, self.count = None, 0
            return
        else:
            task = active.current
        if self.taken_by is not task or self.taken_by is None:
            raise RuntimeError("cannot release un-acquired lock")
        if self.count == 1:
            if active is not None and run.probed and not is_worn(task, self):
                active.point("release", self)
            self.let_go()
            if run.watch:
                record("release", name_of(self))
        self.count -= 1

    def locked(self) -> bool:
        active = engine.active
        if active is not None:
            active.point("look", self, False)
        return self.taken_by is not None

    def __enter__(self) -> bool:
        return self.acquire()

    def __exit__(self, *_: object) -> None:
        self.release()

    def _is_owned(self) -> bool:
        active = engine.active
        return self.taken_by is not None and self.taken_by is (OUTSIDE if active is None else active.current)

    def _release_save(self) -> tuple[int, Task | None]:
        if self.taken_by is None:
            raise RuntimeError("cannot release un-acquired lock")
        saved = self.count, self.taken_by
        self.count = 1
        self.release()
        return saved

    def _acquire_restore(self, saved: tuple[int, Task | None]) -> None:
        self.acquire()
        self.count = saved[0]

    def _recursion_count(self) -> int:
        return self.count if self._is_owned() else 0

    def _at_fork_reinit(self) -> None:
        self.taken_by, self.count = None, 0


class WaiterLock(Lock):
    """What the standard library's Condition sleeps on. Only waiting for it is a step; nobody holds it and it orders nothing by itself."""

    __slots__ = ()

    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:
        active = engine.active
        if not blocking or timeout != -1:
            check_timeout(blocking, timeout)
        if self.taken_by is not None:
            if not blocking or active is None:
                return False
            deadline = None if timeout == -1 else active.now + timeout
            if not active.point("wait", self, True, 0, self.is_free, deadline):
                return False
        self.taken_by = OUTSIDE if active is None else active.current
        return True

    def release(self) -> None:
        if self.taken_by is None:
            raise RuntimeError("release unlocked lock")
        self.taken_by = None
        active = engine.active
        if active is not None:
            active.effect(self)

    def locked(self) -> bool:
        return self.taken_by is not None


class NoLock:
    """A lock inside the standard library whose critical sections are never left half done: no step, no order."""

    taken_by = None

    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:  # noqa: ARG002 - as a lock's
        return True

    def release(self) -> None:
        """Nothing."""

    def locked(self) -> bool:
        return False

    def __enter__(self) -> bool:
        return True

    def __exit__(self, *_: object) -> None:
        """Nothing."""

    def _at_fork_reinit(self) -> None:
        """Nothing."""

    def _is_owned(self) -> bool:
        return True


def ident_of(task: Task | None) -> int:
    """What `get_ident` says in it."""
    return FIRST_IDENT + (task.number if task is not None and task is not OUTSIDE else 0)


for _class in (Lock, RLock):
    _class.__module__ = "_thread"
Lock.__name__ = Lock.__qualname__ = "lock"
