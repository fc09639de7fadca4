"""The end of a program: what the interpreter does after the last line of `__main__`."""

from __future__ import annotations

import atexit as real
import os
import sys
import traceback
import types

from sandbox.overlay.state import acquired, current, run
from sandbox.overlay.streams import Output
from sandbox.overlay.thread import ended
from sandbox.scheduler import engine
from sandbox.scheduler.engine import Abort

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType
    from typing import Any

HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def run_main(function: Callable[[], object], threading: Any, closing: tuple[Callable[[], object], ...]) -> None:
    """`function`, then executors are closed, threads that are no daemons waited for and `atexit` obeyed, also when it raised.

    `closing`: what closes executors, process-like pools and logs.
    """
    try:
        function()
    except Abort:
        raise
    except SystemExit as error:
        run.exit_code = exit_code(error)
    except BaseException as error:
        run.exit_code = 1
        failed(error)
    threading._SHUTTING_DOWN = True
    executors, pools, logs = closing
    for call in reversed(threading._threading_atexits):
        _guarded(call)
    executors()
    wait_for_threads()
    while run.at_exit:
        call, args, kwargs = run.at_exit.pop()
        _guarded(call, *args, **kwargs)
    pools()
    logs()


def failed(error: BaseException) -> None:
    """An exception of the main task that nobody caught."""
    task = current()
    assert task is not None
    run.errors.append((task, error))
    try:
        error.__traceback__ = student_part(error.__traceback__)
        if sys.excepthook is sys.__excepthook__ and isinstance(sys.stderr, Output) and is_plain(error):
            sys.stderr.write(brief(error))
        else:
            sys.excepthook(type(error), error, error.__traceback__)
    except Abort:
        raise
    except BaseException:
        sys.stderr.write(f"Error in sys.excepthook:\n{traceback.format_exc()}")


def is_plain(error: BaseException) -> bool:
    """Whether there is no more to print than one traceback and one line."""
    return (
        error.__cause__ is None
        and error.__context__ is None
        and not isinstance(error, SyntaxError | RecursionError | BaseExceptionGroup)
        and not hasattr(error, "__notes__")
    )


def brief(error: BaseException) -> str:
    """What the interpreter prints where it finds no source; it looks for that on the disk, where it need not be the program's."""
    lines = ["Traceback (most recent call last):\n"]
    trace = error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        lines.append(f'  File "{code.co_filename}", line {trace.tb_lineno}, in {code.co_name}\n')
        trace = trace.tb_next
    return "".join([*lines, *traceback.format_exception_only(error)])


def student_part(trace: TracebackType | None) -> TracebackType | None:
    """Without the frames that led to the program."""
    part = trace
    while part is not None and part.tb_frame.f_code.co_filename.startswith(HERE):
        part = part.tb_next
    return part or trace


def exit_code(error: SystemExit) -> int:
    """As the interpreter has it; a message goes to stderr."""
    if error.code is None:
        return 0
    if isinstance(error.code, int):
        return error.code
    sys.stderr.write(f"{error.code}\n")
    return 1


def wait_for_threads() -> None:
    """One step for all of them."""
    active = engine.active
    assert active is not None
    main = active.tasks[0]
    ended(main)
    run.main_ended = True
    waited_for = run.waited_for
    if not all(task.done for task in waited_for):
        first = next(task for task in waited_for if not task.done)
        active.point("join", first, False, 0, lambda: all(task.done for task in waited_for))
    for task in waited_for:
        acquired(task)


def _guarded(call: Callable[..., object], *args: Any, **kwargs: Any) -> None:
    try:
        call(*args, **kwargs)
    except (Abort, SystemExit):
        raise
    except BaseException as error:
        failed(error)


def build_atexit() -> types.ModuleType:
    """The module that takes the place of `atexit`: its functions run at the end of the run, not of the interpreter."""

    def register(function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Callable[..., Any]:
        run.at_exit.append((function, args, kwargs))
        return function

    def unregister(function: Callable[..., Any], /) -> None:
        run.at_exit[:] = [entry for entry in run.at_exit if entry[0] != function]

    def run_exitfuncs() -> None:
        while run.at_exit:
            call, args, kwargs = run.at_exit.pop()
            call(*args, **kwargs)

    module = types.ModuleType("atexit", real.__doc__)
    module.__dict__.update(
        register=register,
        unregister=unregister,
        _run_exitfuncs=run_exitfuncs,
        _clear=run.at_exit.clear,
        _ncallbacks=lambda: len(run.at_exit),
        __spec__=real.__spec__,
    )
    return module
