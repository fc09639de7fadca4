"""`threading` of the overlay: the standard library's own file, with one line replaced and one-step classes put in place."""

from __future__ import annotations

import sys
from itertools import count

from sandbox.overlay import barrier, condition, event, semaphore
from sandbox.overlay.locks import NoLock, WaiterLock
from sandbox.overlay.state import acquired, current, is_killing, record, run, title
from sandbox.overlay.thread import Sentinel, Started, join_task
from sandbox.scheduler import engine
from sandbox.scheduler.engine import Abort

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any

STARTED = "self._started = Event()"  # the line of `Thread.__init__` that is replaced


def patch_source(source: str) -> str:
    """`Thread._started` becomes what start() hands over with."""
    assert source.count(STARTED) == 1, "threading.py is not as known"
    return source.replace(STARTED, "self._started = _Started()")


def prepare(module: ModuleType) -> None:
    """Before the file runs."""
    module.__dict__["_Started"] = Started


def finish(module: Any, *, one_step: bool) -> None:
    """After the file has run."""
    module._allocate_lock = WaiterLock
    module._active_limbo_lock = NoLock()
    if hasattr(module, "_shutdown_locks_lock"):
        module._shutdown_locks_lock = NoLock()
    thread = module.Thread
    thread.join = join
    thread.is_alive = is_alive
    thread.__hash__ = serial_hash
    thread.__repr__ = show_thread
    thread._set_tstate_lock = set_sentinel
    module._make_invoke_excepthook = recording(module._make_invoke_excepthook)
    module._shutdown = lambda: None  # `ending` does it
    module._pristine_hook = module.excepthook
    if one_step:
        for primitive in (condition, semaphore, event, barrier):
            primitive.install(module)
    else:
        module.Condition._is_owned = condition.is_taken


def reset(module: Any) -> None:
    """As the module was when it was loaded."""
    module._active.clear()
    module._limbo.clear()
    module._dangling.clear()
    module._counter = count(1).__next__
    module._SHUTTING_DOWN = False
    module._threading_atexits.clear()
    module._profile_hook = module._trace_hook = None
    module.excepthook = module._pristine_hook
    if hasattr(module, "_shutdown_locks"):
        module._shutdown_locks.clear()
    module._main_thread = module._MainThread()


def serial_hash(self: Any) -> int:
    """By order of making: sets of threads and futures have the same order in every run."""
    made: int | None = self.__dict__.get("_made")
    if made is None:
        made = self.__dict__["_made"] = run.serial()
    return made


def set_sentinel(self: Any) -> None:
    self._tstate_lock = Sentinel()


def has_ended(thread: Any) -> bool:
    """Without a step."""
    task = thread._started.its_task
    if task is None:
        return run.main_ended and isinstance(thread, type(sys.modules["threading"].main_thread()))
    return bool(task.done)


def join(self: Any, timeout: float | None = None) -> None:
    """`Thread.join`, in one step."""
    if not self._initialized:
        raise RuntimeError("Thread.__init__() not called")
    if not self._started.is_set():
        raise RuntimeError("cannot join thread before it is started")
    task = self._started.its_task
    active = engine.active
    if active is None:
        return
    me = active.current
    if task is me or (task is None and me is not None and me.number == 0):
        raise RuntimeError("cannot join current thread")
    if timeout is not None:
        timeout = max(timeout, 0)
    if task is not None:
        record("join", title(task), ended=join_task(task, timeout))
    else:  # the main thread has ended when the interpreter begins to wait for the others
        deadline = None if timeout is None else active.now + timeout
        active.point("join", active.tasks[0], False, 0, lambda: run.main_ended, deadline)
        acquired(active.tasks[0])


def is_alive(self: Any) -> bool:
    """`Thread.is_alive`."""
    if not self._initialized:
        raise AssertionError("Thread.__init__() not called")
    active = engine.active
    if not self._started.is_set():
        return False
    task = self._started.its_task
    if active is not None and task is not None and task is not active.current:
        active.point("look", task, False)
        if task.done:
            acquired(task)
    return not has_ended(self)


def show_thread(self: Any) -> str:
    if not self._initialized:
        raise AssertionError("Thread.__init__() was not called")
    status = "initial"
    if self._started.is_set():
        status = "stopped" if has_ended(self) else "started"
    if self._daemonic:
        status += " daemon"
    if self._ident is not None:
        status += f" {self._ident}"
    return f"<{type(self).__name__}({self._name}, {status})>"


def recording(make: Any) -> Any:
    """Unhandled exceptions of threads are kept, whatever the program's own hook does with them."""

    def make_invoke_excepthook() -> Any:
        invoke = make()

        def invoke_excepthook(thread: Any) -> None:
            error = sys.exc_info()[1]
            if error is None or isinstance(error, Abort) or is_killing():
                return
            task = current()
            if not isinstance(error, SystemExit) and task is not None:
                run.errors.append((task, error))
            invoke(thread)

        return invoke_excepthook

    return make_invoke_excepthook
