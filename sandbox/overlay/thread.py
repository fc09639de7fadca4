"""`_thread`: tasks of the engine under the names of the interpreter's threads.

`threading.Thread` starts and joins in one step with what is here.
"""

from __future__ import annotations

import _thread as real
import functools
import sys
import types

from sandbox.overlay.local import forget
from sandbox.overlay.locks import TIMEOUT_MAX, Lock, RLock, ident_of
from sandbox.overlay.native import Native
from sandbox.overlay.state import current, is_killing, record, run, title
from sandbox.scheduler import engine
from sandbox.scheduler.engine import Abort
from sandbox.scheduler.task import nothing

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, NoReturn

    from sandbox.scheduler.task import Task

NEW = sys.version_info >= (3, 13)


def get_ident() -> int:
    return ident_of(current())


def get_native_id() -> int:
    return ident_of(current())


def begin_task(function: Callable[[], object]) -> Task:
    """A task that ends as a thread does: whoever joins it comes after everything it did."""
    active = engine.active
    if active is None:
        raise RuntimeError("can't start new thread")

    todo = [function]  # so that it can be let go of

    def body() -> None:
        try:
            todo.pop()()
        except SystemExit:
            pass
        task.function = nothing  # what the thread had is gone with it
        forget(task)
        ended(task)

    task = active.spawn(body)
    return task


def ended(task: Task) -> None:
    """The end of `task`, as a step where somebody could see the difference."""
    active = engine.active
    assert active is not None
    if run.probed:
        active.point("end", task)
    if active.observer is not None:
        active.observer.released(task, task)
    active.effect(task)


def start_new_thread(function: Callable[..., object], args: Any, kwargs: Any = None, /) -> int:
    """A raw thread; `threading` of 3.11 and 3.12 starts its own this way."""
    if not callable(function):
        raise TypeError("first arg must be callable")
    if not isinstance(args, tuple):
        raise TypeError("2nd arg must be a tuple")
    if kwargs is not None and not isinstance(kwargs, dict):
        raise TypeError("optional 3rd arg must be a dictionary")

    task = begin_task(functools.partial(bootstrap, function, args, kwargs or {}))
    task.daemon = True
    adopt(task, function)
    if run.watch:
        record("start", title(task))
    return ident_of(task)


def bootstrap(function: Callable[..., object], args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    """The body of a raw thread; what nobody catches is said and ends it alone."""
    try:
        function(*args, **kwargs)
    except (SystemExit, Abort):
        raise
    except BaseException as error:
        task = current()
        if task is None or is_killing():
            raise
        run.errors.append((task, error))
        what = types.SimpleNamespace(
            exc_type=type(error),
            exc_value=error,
            exc_traceback=error.__traceback__,
            err_msg="Exception ignored in thread started by" + (f" {function!r}" if NEW else ""),
            object=None if NEW else function,
        )
        sys.unraisablehook(what)


def stack_size(size: int = 0, /) -> int:
    """Kept, and of no use: tasks have their own stacks."""
    if size and size < 32768:
        raise ValueError(f"size not valid: {size} bytes")
    before, run.stack_size = run.stack_size, size
    return before


def adopt(task: Task, function: object) -> None:
    """Name and daemon flag of the `threading.Thread` whose bootstrap `function` is."""
    thread: Any = getattr(function, "__self__", None)
    if hasattr(thread, "_started") and hasattr(thread, "_daemonic"):
        task.name = thread.name
        task.daemon = thread.daemon
        if not task.daemon:
            run.waited_for.append(task)


def exit_thread() -> NoReturn:
    raise SystemExit


class Handle:
    """`_thread._ThreadHandle` of 3.13. `its_task` None: not started, or the main thread."""

    __slots__ = ("__weakref__", "is_set", "its_task")

    def __init__(self) -> None:
        self.its_task: Task | None = None
        self.is_set = False

    @property
    def ident(self) -> int:
        return 0 if self.its_task is None else ident_of(self.its_task)

    def is_done(self) -> bool:
        return self.is_set or (self.its_task is not None and self.its_task.done)

    def _set_done(self) -> None:
        if self.its_task is None and self is not run.main_handle:
            raise RuntimeError("thread not started")
        self.is_set = True

    def join(self, timeout: float | None = None) -> None:
        if self.its_task is None:
            raise RuntimeError("thread not started")
        if self.its_task is current():
            raise RuntimeError("Cannot join current thread")
        join_task(self.its_task, timeout)


def join_task(task: Task, timeout: float | None) -> bool:
    """Wait for the end of `task`, at most so long; whether it has ended. One step."""
    active = engine.active
    assert active is not None
    deadline = None if timeout is None or timeout < 0 else active.now + timeout
    if deadline is not None and deadline <= active.now:
        active.point("join", task, False)
    else:
        active.point("join", task, False, 0, lambda: task.done, deadline)
    if task.done and active.observer is not None:
        assert active.current is not None
        active.observer.acquired(active.current, task)
    return task.done


def start_joinable_thread(function: Callable[[], object], handle: Handle | None = None, daemon: bool = True) -> Handle:
    """As `threading` of 3.13 starts its threads."""
    if not callable(function):
        raise TypeError("thread function must be callable")
    if handle is None:
        handle = Handle()
    elif not isinstance(handle, Handle):
        raise TypeError("'handle' must be a _ThreadHandle")
    if handle.its_task is not None or handle.is_set:
        raise RuntimeError("thread already started")
    start_new_thread(function, ())
    active = engine.active
    assert active is not None
    task = active.tasks[-1]
    if not hasattr(getattr(function, "__self__", None), "_daemonic"):
        task.daemon = daemon
        if not daemon:
            run.waited_for.append(task)
    handle.its_task = task
    return handle


def make_thread_handle(ident: int) -> Handle:
    handle = Handle()
    active = engine.active
    if active is not None:
        handle.its_task = active.tasks[ident - ident_of(None)]
    else:
        run.main_handle = handle
    return handle


class Started:
    """`Thread._started`. The thread runs up to `set()` inside `start()`, which is therefore no choice; `its_task` is the thread's."""

    __slots__ = ("flag", "its_task")

    def __init__(self) -> None:
        self.flag = False
        self.its_task: Task | None = None

    def is_set(self) -> bool:
        return self.flag

    def set(self) -> None:
        self.flag = True
        active = engine.active
        if active is not None and active.current is not None:
            self.its_task = active.current
            if self.its_task.parent is not None and self.its_task.kind == "begin" and not self.its_task.visible:
                active.hand_over(self.its_task.parent)

    def clear(self) -> None:
        self.flag = False

    def wait(self, timeout: float | None = None) -> bool:  # noqa: ARG002 - as an event's
        if not self.flag:
            active = engine.active
            assert active is not None
            active.hand_over(active.tasks[-1])
        return True

    def _at_fork_reinit(self) -> None:
        """Nothing: tasks do not fork."""


class Sentinel:
    """`Thread._tstate_lock` up to 3.12: here only the name; `join` asks the task itself."""

    def __init__(self) -> None:
        self.its_task = current()
        self.is_released = False

    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:
        task = self.its_task
        if task is None or task is current():
            return True
        return join_task(task, timeout if blocking else 0)

    def release(self) -> None:
        self.is_released = True

    def locked(self) -> bool:
        return not self.is_released and (self.its_task is None or not self.its_task.done)

    def _at_fork_reinit(self) -> None:
        """Nothing: tasks do not fork."""


class Function:
    """A module's function that does not become a method where it is put into a class, as one of C."""

    def __init__(self, name: str, call: Callable[..., object]) -> None:
        self.__name__ = name
        self.__doc__ = getattr(real, name).__doc__
        self.call = call
        self.__module__ = "_thread"

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if args or kwargs:
            raise TypeError(f"_thread.{self.__name__}() takes no arguments ({len(args) + len(kwargs)} given)")
        return self.call()

    def __repr__(self) -> str:
        return f"<built-in function {self.__name__}>"


Function.__name__ = "builtin_function_or_method"


def build(local: type) -> types.ModuleType:
    """The module that takes the place of `_thread`."""
    module = types.ModuleType("_thread", real.__doc__)
    module.__spec__ = real.__spec__
    factory: Any = Lock if NEW else Function("allocate_lock", Lock)
    names: dict[str, Any] = {
        "LockType": Lock,
        "RLock": RLock,
        "TIMEOUT_MAX": TIMEOUT_MAX,
        "_ExceptHookArgs": real._ExceptHookArgs,
        "_count": lambda: 0 if engine.active is None else len(engine.active.live) - 1,
        "_get_main_thread_ident": lambda: ident_of(None),
        "_is_main_interpreter": lambda: True,
        "_local": local,
        "_make_thread_handle": make_thread_handle,
        "_set_sentinel": Sentinel,
        "_shutdown": lambda: None,  # `ending` does it
        "_ThreadHandle": Handle,
        "allocate": factory,
        "allocate_lock": factory,
        "daemon_threads_allowed": lambda: True,
        "error": RuntimeError,
        "exit": exit_thread,
        "exit_thread": exit_thread,
        "get_ident": get_ident,
        "get_native_id": get_native_id,
        "interrupt_main": interrupt_main,
        "lock": Lock,
        "stack_size": stack_size,
        "start_joinable_thread": start_joinable_thread,
        "start_new": start_new_thread,
        "start_new_thread": start_new_thread,
    }
    for name, value in names.items():
        if isinstance(value, types.FunctionType) and hasattr(real, name):
            names[name] = Native("_thread", value, getattr(real, name).__doc__)
    module.__dict__.update({name: value for name, value in names.items() if hasattr(real, name)})
    return module


def interrupt_main(_signal: int = 2, /) -> None:
    run.notes["_thread.interrupt_main"] = None
