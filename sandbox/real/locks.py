"""Spied locks: who holds what and who waits for whom, so that a circle of waiting is seen the moment it closes."""

from __future__ import annotations

import multiprocessing.context
import os
import sys
import threading

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from sandbox.real.recorder import Recorder

_held = threading.local()  # .locks: list of SpyLock of the current task, outermost first
real_rlock = threading.RLock
_guard = real_rlock()
_waiting: dict[int, tuple[SpyLock, Mapping[str, Any] | None]] = {}  # thread id -> what it waits for, and where
_joining: set[int] = set()  # thread ids that wait for the end of another task
STEP = 0.02  # seconds between two looks at whether somebody is left who could release
_recorder: Recorder
_line_of: Callable[[], Mapping[str, Any] | None]
_finish: Callable[[Mapping[str, Any]], None]


class SpyLock:
    """A Lock or RLock of `threading` or `multiprocessing` that knows its owner. Everything else is the real lock's."""

    def __init__(self, real: Any, *, reentrant: bool, shared: bool) -> None:
        self._real, self._reentrant, self._shared = real, reentrant, shared
        self._made = _line_of()
        self._labels: list[str] = []
        self._owner: tuple[int, str] | None = None
        self._depth = 0
        self._among: list[SpyLock] = []  # the locks of the task that holds it

    def acquire(self, blocking: bool = True, timeout: float | None = None, **named: Any) -> bool:
        blocking = named.pop("block", blocking)
        me = threading.get_ident()
        timeout = None if timeout == -1 and not self._shared else timeout
        if timeout is not None and not self._shared and (timeout < 0 or not blocking):
            return bool(self._real.acquire(blocking, timeout))  # an error, in its own words
        wait = blocking and timeout is None
        if self._real.acquire(False):
            got = True
        elif not blocking:
            return False
        elif wait:
            with _guard:
                _waiting[me] = (self, _line_of())
                cycle = find_cycle(me)
            with _recorder.board.blocked():
                got = self._await(me, cycle)
            with _guard:
                _waiting.pop(me, None)
        else:
            with _recorder.board.blocked():
                got = self._real.acquire(True, timeout)
        if got:
            self._taken(me)
        return bool(got)

    def _await(self, me: int, cycle: list[dict[str, Any]]) -> bool:
        """Waits as long as it takes. Two tasks in a circle are a deadlock at once; a task that waits for a plain lock it took itself
        is one when nobody is left who could release it: two threads that take turns with two locks as tokens do just that.
        """
        if len(cycle) > 1:
            deadlock(cycle)
        while cycle and not self._shared and not self._real.acquire(True, STEP):
            if nobody_else(me):
                cycle = find_cycle(me)
                if cycle:
                    deadlock(cycle)
        return bool(cycle and not self._shared) or bool(self._real.acquire())

    def _taken(self, me: int) -> None:
        self._owner = (me, _recorder.names.current())
        self._depth = self._depth + 1 if self._reentrant else 1
        if self._depth > 1:
            return
        self._among = held_locks()
        self._among.append(self)
        _recorder.event("acquire", self.name(), labels_held())
        _recorder.board.hold()

    def release(self) -> None:
        before = self._owner, self._depth, self._among
        last = self._depth <= 1
        if last:
            self._forget()
        else:
            self._depth -= 1
        try:
            self._real.release()
        except BaseException:  # not taken, or not by this task
            self._owner, self._depth, self._among = before
            if last and self._owner is not None:
                self._among.append(self)
            raise
        if last:
            _recorder.event("release", self.name(), labels_held())

    def _forget(self) -> None:
        """Nobody holds it, whoever took it: a plain lock may be released by another task."""
        self._owner, self._depth = None, 0
        if self in self._among:
            self._among.remove(self)
        self._among = []

    def locked(self) -> bool:
        if hasattr(self._real, "locked"):
            return bool(self._real.locked())
        return self._depth > 0

    def name(self) -> str:
        """The labels, else where it was made."""
        if self._labels:
            return " = ".join(self._labels)
        return f"lock of line {self._made['line']}" if self._made else "a lock"

    def __enter__(self) -> bool:
        return self.acquire()

    def __exit__(self, *_: object) -> None:
        self.release()

    def __getattr__(self, name: str) -> Any:
        return getattr(self.__dict__["_real"], name)

    def __repr__(self) -> str:
        return repr(self._real)

    def __reduce_ex__(self, protocol: Any) -> Any:
        return self._real.__reduce_ex__(protocol)  # an error, in its own words


class SpyRLock(SpyLock):
    """With what `threading.Condition` asks of an RLock: to be given back whole while waiting, however often it was taken."""

    def _release_save(self) -> Any:
        state = self._owner, self._depth
        self._forget()
        return self._real._release_save(), state

    def _acquire_restore(self, saved: Any) -> None:
        real, state = saved
        with _recorder.board.blocked():
            self._real._acquire_restore(real)
        self._owner, self._depth = state
        self._among = held_locks()
        self._among.append(self)

    def _is_owned(self) -> bool:
        return bool(self._real._is_owned())


def deadlock(cycle: list[dict[str, Any]]) -> None:
    """Report it and end the run: after that there is nothing to wait for."""
    _finish({"outcome": "finding", "finding": {"kind": "deadlock", "cycle": cycle}})


def nobody_else(me: int) -> bool:
    """Whether every other thread of this process waits for a lock or for the end of a task."""
    return all(
        thread.ident in (me, None)
        or thread.ident in _waiting
        or thread.ident in _joining
        or thread.name == "QueueFeederThread"
        for thread in threading.enumerate()
    )


class Joining:
    """`with Joining():` while the current task waits for another to end, without a timeout."""

    def __enter__(self) -> None:
        _joining.add(threading.get_ident())

    def __exit__(self, *_: object) -> None:
        _joining.discard(threading.get_ident())


def find_cycle(start: int) -> list[dict[str, Any]]:
    """The tasks of a circle that the current task closed, in order of waiting; empty when there is none with it."""
    cycle: list[dict[str, Any]] = []
    me, seen = start, set[int]()
    while me in _waiting and me not in seen:
        seen.add(me)
        lock, line = _waiting[me]
        owner = lock._owner
        if owner is None or lock._shared:
            return []
        cycle.append(
            {"task": _name_of(me), "waits_for": lock.name(), "held_by": owner[1], "line": line, "holds": _labels_of(me)}
        )
        me = owner[0]
        if me == start:
            return cycle
    return []


def _name_of(ident: int) -> str:
    if ident == threading.get_ident():
        return _recorder.names.current()
    thread = threading._active.get(ident)  # type: ignore[attr-defined]
    return str(getattr(thread, "_grader_task", "main"))


def _labels_of(ident: int) -> list[str]:
    return sorted({lock.name() for lock in _all_locks if lock._owner and lock._owner[0] == ident})


_all_locks: list[SpyLock] = []


def held_locks() -> list[SpyLock]:
    """The spied locks the current task holds."""
    if not hasattr(_held, "locks"):
        _held.locks = []
    locks: list[SpyLock] = _held.locks
    return locks


def labels_held() -> list[str]:
    """The labels of the locks the current task holds, sorted."""
    return sorted({name for lock in held_locks() for name in lock._labels})


def label(lock: Any, name: str) -> None:
    """Gives a lock a name; something that is not a spied lock cannot be watched, and that is recorded."""
    if isinstance(lock, SpyLock):
        if name not in lock._labels:
            lock._labels.append(name)
    else:
        _recorder.unsupported(f"{name} is a {type(lock).__name__}, not a lock of threading or multiprocessing")


def in_child() -> None:
    """After a fork: nobody of this process waits, and what its parent holds of shared locks it does not hold itself."""
    global _guard
    _guard = real_rlock()
    _waiting.clear()
    _joining.clear()
    for lock in _all_locks:
        if lock._shared:
            lock._forget()


def forget_task() -> None:
    """The current thread ends: it waits for nothing any more."""
    with _guard:
        _waiting.pop(threading.get_ident(), None)


def install(
    recorder: Recorder,
    *,
    is_ours: Callable[[str], bool],
    line_of: Callable[[], Mapping[str, Any] | None],
    finish: Callable[[Mapping[str, Any]], None],
) -> None:
    """Replaces the lock factories; calls from elsewhere than student code and scenarios get the real thing."""
    global _recorder, _line_of, _finish
    _recorder, _line_of, _finish = recorder, line_of, finish
    os.register_at_fork(after_in_child=in_child)

    def factory(real: Callable[..., Any], *, reentrant: bool, shared: bool) -> Callable[..., Any]:
        def make(*args: Any, **named: Any) -> Any:
            lock = real(*args, **named)
            if not is_ours(sys._getframe(1).f_code.co_filename):
                return lock
            spy = (SpyRLock if reentrant and not shared else SpyLock)(lock, reentrant=reentrant, shared=shared)
            _all_locks.append(spy)
            return spy

        make.__name__ = make.__qualname__ = getattr(real, "__name__", "Lock")
        return make

    for name, reentrant in (("Lock", False), ("RLock", True)):
        setattr(threading, name, factory(getattr(threading, name), reentrant=reentrant, shared=False))
    default = multiprocessing.context._default_context
    for name, reentrant in (("Lock", False), ("RLock", True)):
        spied = factory(getattr(default, name), reentrant=reentrant, shared=True)
        setattr(multiprocessing, name, spied)
