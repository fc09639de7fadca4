"""`concurrent.futures`: what a person calls one operation of a future or an executor is one step, in an order without addresses.

The locks inside are kept by running their sections without a switch; they are neither choices nor orders of their own.
"""

from __future__ import annotations

import types
from itertools import count

from sandbox.overlay.locks import NoLock, RLock
from sandbox.overlay.state import acquired, current, deadline_after
from sandbox.overlay.threads import serial_hash
from sandbox.scheduler import engine
from sandbox.scheduler.engine import ANYTHING

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


class FutureLock(RLock):
    """The lock of one future. Nothing inside its sections waits, so it is always free; what it guards is ordered by it."""

    __slots__ = ()

    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:
        active = engine.active
        task = None if active is None else active.current
        if task is None or (self.taken_by is not None and self.taken_by is not task):
            return super().acquire(blocking, timeout)
        self.taken_by = task
        self.count += 1
        acquired(self)
        return True

    def __enter__(self) -> bool:
        return self.acquire()

    def release(self) -> None:
        active = engine.active
        if active is None or active.is_killing or self.taken_by is not active.current:
            super().release()
            return
        self.count -= 1
        if not self.count:
            self.let_go()

    def __exit__(self, *_: object) -> None:
        self.release()


class Idle:
    """How many workers have nothing to do: only whoever submits asks."""

    def __init__(self, value: int = 0) -> None:
        self.value = value

    def acquire(self, blocking: bool = True, timeout: float | None = None) -> bool:  # noqa: ARG002 - as a semaphore's
        if self.value > 0:
            self.value -= 1
            return True
        return False

    def release(self) -> None:
        self.value += 1


def quietly(function: Callable[..., Any]) -> Callable[..., Any]:
    """`function` without a switch, unless it has to wait."""

    def call(*args: Any, **kwargs: Any) -> Any:
        task = current()
        if task is None:
            return function(*args, **kwargs)
        task.quiet += 1
        try:
            return function(*args, **kwargs)
        finally:
            task.quiet -= 1

    call.__name__ = function.__name__
    call.__doc__ = function.__doc__
    return call


def loudly(function: Callable[..., Any]) -> Callable[..., Any]:
    """The program's own `function` inside a quiet one."""

    def call(*args: Any, **kwargs: Any) -> Any:
        task = current()
        if task is None:
            return function(*args, **kwargs)
        before, task.quiet = task.quiet, 0
        try:
            return function(*args, **kwargs)
        finally:
            task.quiet = before

    return call


def install(modules: Any, simple_queue: type) -> None:
    """Replace what the two files of the copy use. `modules`: what was loaded, by name."""
    base, thread = modules["concurrent.futures._base"], modules["concurrent.futures.thread"]
    threading = modules["threading"]
    event: Any = threading.Event

    class WaiterEvent(event):  # type: ignore[misc]
        """What `wait` and `as_completed` sleep on: set and cleared inside sections that a lock guarded."""

        set = quietly(event.set)
        clear = quietly(event.clear)

    base.threading = facade(
        threading, Lock=NoLock, Condition=lambda: threading.Condition(FutureLock()), Event=WaiterEvent
    )
    thread.threading = facade(threading, Lock=NoLock, Semaphore=Idle)
    thread.queue = facade(modules["queue"], SimpleQueue=simple_queue)
    base.id = thread.id = hash
    _install_future(base)
    _install_executor(base, thread)
    base._AcquireFutures.__enter__ = look_at_all
    base._AcquireFutures.__exit__ = looked_at_all


def look_at_all(_self: Any) -> None:
    """Begin a section over many futures: one step, and no switch inside."""
    active = engine.active
    if active is not None and active.current is not None:
        active.point("look", ANYTHING, False)
        active.current.quiet += 1


def looked_at_all(_self: Any, *_: object) -> None:
    """End it."""
    task = current()
    if task is not None:
        task.quiet -= 1


def reset(thread: Any) -> None:
    """As the module was when it was loaded."""
    thread._shutdown = False
    thread._threads_queues.clear()
    thread._global_shutdown_lock = NoLock()
    thread.ThreadPoolExecutor._counter = count().__next__


def facade(module: types.ModuleType, **names: Any) -> types.ModuleType:
    """`module` with some names of its own."""
    copy = types.ModuleType(module.__name__)
    copy.__dict__.update(vars(module))
    copy.__dict__.update(names)
    return copy


def _install_future(base: Any) -> None:
    future = base.Future
    done = (base.CANCELLED, base.CANCELLED_AND_NOTIFIED, base.FINISHED)
    std_result, std_exception, std_add = future.result, future.exception, future.add_done_callback
    future.__hash__ = serial_hash
    future._invoke_callbacks = loudly(future._invoke_callbacks)
    future.set_running_or_notify_cancel = quietly(future.set_running_or_notify_cancel)

    def step(kind: str, name: str, *, write: bool) -> None:
        std = quietly(getattr(future, name))

        def method(self: Any, *args: Any, **kwargs: Any) -> Any:
            active = engine.active
            if active is not None:
                active.point(kind, self._condition._lock, write)
            return std(self, *args, **kwargs)

        method.__name__, method.__doc__ = name, std.__doc__
        setattr(future, name, method)

    step("set", "set_result", write=True)
    step("set", "set_exception", write=True)
    step("cancel", "cancel", write=True)
    for name in ("cancelled", "running", "done"):
        step("look", name, write=False)

    def wait(self: Any, timeout: float | None) -> bool:
        active = engine.active
        if active is None:
            return True
        lock = self._condition._lock
        active.point("get", lock, False, 0, lambda: self._state in done, deadline_after(timeout))
        return self._state in done

    def result(self: Any, timeout: float | None = None) -> Any:
        """Return the result of the call that the future represents."""
        if not wait(self, timeout):
            raise base.TimeoutError
        return quiet_result(self)

    def exception(self: Any, timeout: float | None = None) -> Any:
        """Return the exception raised by the call that the future represents."""
        if not wait(self, timeout):
            raise base.TimeoutError
        return quiet_exception(self)

    def add_done_callback(self: Any, fn: Callable[[Any], object]) -> None:
        """Attaches a callable that will be called when the future finishes."""
        active = engine.active
        if active is not None:
            active.point("write", self._condition._lock)
        quiet_add(self, loudly(fn))

    quiet_result, quiet_exception, quiet_add = quietly(std_result), quietly(std_exception), quietly(std_add)
    future.result, future.exception, future.add_done_callback = result, exception, add_done_callback


def _install_executor(base: Any, thread: Any) -> None:
    executor = thread.ThreadPoolExecutor
    std_submit, std_shutdown = quietly(executor.submit), quietly(executor.shutdown)

    def submit(self: Any, fn: Any, /, *args: Any, **kwargs: Any) -> Any:
        active = engine.active
        if active is not None:
            active.point("put", self._work_queue._lock)
        return std_submit(self, fn, *args, **kwargs)

    def shutdown(self: Any, wait: bool = True, *, cancel_futures: bool = False) -> None:
        active = engine.active
        if active is not None:
            active.point("put", self._work_queue._lock)
        std_shutdown(self, wait=False, cancel_futures=cancel_futures)
        if wait:
            for worker in self._threads:
                worker.join()

    submit.__doc__, shutdown.__doc__ = executor.submit.__doc__, executor.shutdown.__doc__
    executor.submit, executor.shutdown = submit, shutdown
    thread._worker = lambda *args: work(base, thread, *args)
    thread._python_exit = None
    thread._shutdown_all = lambda: close_all(thread)


def work(base: Any, thread: Any, reference: Any, items: Any, initializer: Any, initargs: Any) -> None:
    """A worker of a pool, the same on every version: it counts as idle when it finds nothing to do."""
    if initializer is not None:
        try:
            initializer(*initargs)
        except Exception:
            base.LOGGER.critical("Exception in initializer:", exc_info=True)
            executor = reference()
            if executor is not None:
                quietly(executor._initializer_failed)()
            return
    while True:
        if not items._items:
            executor = reference()
            if executor is not None:
                executor._idle_semaphore.release()
            del executor
        item = items.get()
        if item is not None:
            item.run()
            del item
            continue
        executor = reference()
        if thread._shutdown or executor is None or executor._shutdown:
            if executor is not None:
                executor._shutdown = True
            quietly(items.put)(None)  # the others notice
            return
        del executor


def close_all(thread: Any) -> None:
    """At the end of the program: pools finish what they have."""
    thread._shutdown = True
    items = list(thread._threads_queues.items())
    for _, queue in items:
        quietly(queue.put)(None)
    for worker, _ in items:
        worker.join()
