"""Replaces what student code and scenarios reach for by things that do the same and tell the recorder.

Only names that are looked up from the student's files and the scenarios get a spy; the standard library keeps its own locks.
"""

from __future__ import annotations

import builtins
import functools
import io
import linecache
import os
import queue
import sys
import threading
import time
import traceback
from contextlib import nullcontext

from sandbox import protocol
from sandbox.real import locks

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import TracebackType
    from typing import Any

    from sandbox.real.recorder import Recorder

_files: frozenset[str] = frozenset()
_home = ""
START = threading.Thread.start.__code__
_SANDBOX = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def install(recorder: Recorder, files: frozenset[str], finish: Callable[[Mapping[str, Any]], None]) -> None:
    """Once per run, before any student code. `files` are the names that code of student and scenarios is compiled under."""
    global _files, _home
    _files, _home = files, os.getcwd()
    locks.install(recorder, is_ours=is_ours, line_of=calling_line, finish=finish)
    _spy_threads(recorder)
    _spy_processes(recorder)
    _spy_waits(recorder)
    _spy_queues(recorder)
    _spy_files(recorder)
    _spy_sleep(recorder)


def is_ours(filename: str) -> bool:
    """Whether code of this file name is the student's or a scenario's."""
    return filename in _files or (bool(_home) and filename.startswith(_home + os.sep))


def called_by_ours(depth: int = 2) -> bool:
    return is_ours(sys._getframe(depth).f_code.co_filename)


def calling_line() -> dict[str, Any] | None:
    """The innermost line of the student's files or the scenarios on the current stack."""
    frame = sys._getframe(1)
    while frame is not None:
        if is_ours(frame.f_code.co_filename):
            return place(frame.f_code.co_filename, frame.f_lineno, frame.f_code.co_name)
        frame = frame.f_back  # type: ignore[assignment]
    return None


def place(filename: str, line: int, function: str) -> dict[str, Any]:
    """A line of code as plain data; the file's name as the student knows it."""
    text = linecache.getline(filename, line).strip()
    return {"file": filename.removeprefix(_home + os.sep), "line": line, "function": function, "text": text[:300]}


def frames(trace: TracebackType | None) -> list[dict[str, Any]]:
    """The frames of a traceback that are ours, outermost first; at most the last 20."""
    found = []
    while trace is not None:
        code = trace.tb_frame.f_code
        if is_ours(code.co_filename):
            found.append(place(code.co_filename, trace.tb_lineno, code.co_name))
        trace = trace.tb_next
    return found[-20:]


def print_traceback(error: BaseException) -> None:
    """A traceback as a person running the file would see it: without the frames of the sandbox."""
    shown = traceback.TracebackException(type(error), error, error.__traceback__)
    one: traceback.TracebackException | None = shown
    while one is not None:
        one.stack[:] = [frame for frame in one.stack if not frame.filename.startswith(_SANDBOX)]
        one = one.__cause__ or one.__context__
    print("".join(shown.format()), end="", file=sys.stderr)


def task_of(thread: threading.Thread) -> str:
    """The name under which the recorder knows a thread."""
    return getattr(thread, "_grader_task", None) or "a thread"


label = locks.label
labels_held = locks.labels_held


def _spy_threads(recorder: Recorder) -> None:
    start, join, run = threading.Thread.start, threading.Thread.join, threading.Thread._bootstrap_inner  # type: ignore[attr-defined]

    def spy_start(self: threading.Thread) -> None:
        ours = called_by_ours()
        if not ours and not hasattr(self, "_grader_watch"):
            start(self)
            return
        self._grader_task = recorder.names.fresh("thread")  # type: ignore[attr-defined]
        self._grader_slot = recorder.board.allocate()  # type: ignore[attr-defined]
        if ours:
            recorder.event("start", self._grader_task, labels_held())  # type: ignore[attr-defined]
        try:
            start(self)
        except BaseException:
            recorder.board.leave(self._grader_slot)  # type: ignore[attr-defined]
            raise
        recorder.board.give_way()

    def spy_inner(self: threading.Thread) -> None:
        slot = getattr(self, "_grader_slot", None)
        if slot is None:
            run(self)
            return
        recorder.board.enter(slot)
        recorder.names.enter(self._grader_task)  # type: ignore[attr-defined]
        try:
            run(self)
        finally:
            locks.forget_task()
            recorder.board.leave(slot)

    def spy_join(self: threading.Thread, timeout: float | None = None) -> None:
        with recorder.board.blocked(), locks.Joining() if timeout is None else nullcontext():
            join(self, timeout)
        if called_by_ours() and hasattr(self, "_grader_task"):
            recorder.event("join", self._grader_task, labels_held(), ended=not self.is_alive())

    threading.Thread.start, threading.Thread.join = spy_start, spy_join  # type: ignore[method-assign]
    threading.Thread._bootstrap_inner = spy_inner  # type: ignore[attr-defined]

    def hook(args: Any) -> None:
        if args.exc_value is not None and not isinstance(args.exc_value, SystemExit):
            trace = frames(args.exc_traceback)
            recorder.trace(protocol.describe_exception(args.exc_value, trace[-1]["line"] if trace else 0), trace)
            print(f"Exception in thread {args.thread.name if args.thread else '?'}:", file=sys.stderr)
            print_traceback(args.exc_value)

    threading.excepthook = hook
    unraisable = sys.unraisablehook

    def unraisable_hook(args: Any) -> None:
        if args.err_msg and "thread started by" in args.err_msg and args.exc_value is not None:  # a thread of `_thread`
            recorder.names.enter("a thread")
            trace = frames(args.exc_traceback)
            recorder.trace(protocol.describe_exception(args.exc_value, trace[-1]["line"] if trace else 0), trace)
        unraisable(args)

    sys.unraisablehook = unraisable_hook


def _spy_processes(recorder: Recorder) -> None:
    """`multiprocessing` is imported here, before student code, and starts by fork unless it is told otherwise, once, as ever."""
    import multiprocessing.process  # noqa: PLC0415 - only on machines that run student code
    from multiprocessing import context  # noqa: PLC0415

    default = context._default_context
    default._default_context, default._actual_context = context._concrete_contexts["fork"], None  # type: ignore[attr-defined]
    process = multiprocessing.process.BaseProcess
    start, join, bootstrap = process.start, process.join, process._bootstrap  # type: ignore[attr-defined]

    def spy_start(self: Any) -> None:
        method = self._start_method or default.get_start_method()
        if method != "fork":
            recorder.unsupported(f"start method {method}: such a process cannot be watched")
        name = recorder.names.fresh("child")
        self._grader_task = name
        self._grader_slot = recorder.board.allocate()
        recorder.names.local.child = name
        recorder.event("start", name, labels_held())
        start(self)
        recorder.board.give_way()

    def spy_bootstrap(self: Any, *args: Any, **named: Any) -> int:
        recorder.board.enter(getattr(self, "_grader_slot", 0))
        run = self.run

        def guarded() -> None:
            try:
                run()
            except SystemExit:
                raise
            except BaseException as error:
                trace = frames(error.__traceback__)
                recorder.trace(protocol.describe_exception(error, trace[-1]["line"] if trace else 0), trace)
                print(f"Process {self.name}:", file=sys.stderr)
                print_traceback(error)
                raise SystemExit(1) from None  # as multiprocessing ends it, without our frames

        self.run = guarded
        try:
            return int(bootstrap(self, *args, **named))
        finally:
            recorder.board.leave(getattr(self, "_grader_slot", 0))

    def spy_join(self: Any, timeout: float | None = None) -> None:
        with recorder.board.blocked(), locks.Joining() if timeout is None else nullcontext():
            join(self, timeout)
        if self.exitcode is not None:
            recorder.board.leave(getattr(self, "_grader_slot", 0))
        if called_by_ours() and hasattr(self, "_grader_task"):
            recorder.event("join", self._grader_task, labels_held(), ended=self.exitcode is not None)

    process.start, process.join, process._bootstrap = spy_start, spy_join, spy_bootstrap  # type: ignore[attr-defined,method-assign]


def _spy_waits(recorder: Recorder) -> None:
    """Whoever waits for a condition (and so for events, semaphores, barriers, futures), a message or a process queue is blocked."""
    import multiprocessing.connection  # noqa: PLC0415 - as in _spy_processes
    import multiprocessing.queues  # noqa: PLC0415

    def blocked(plain: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(plain)
        def waiting(*args: Any, **named: Any) -> Any:
            if sys._getframe(2).f_code is START:  # for the new thread to have begun: that is no waiting
                return plain(*args, **named)
            with recorder.board.blocked():
                return plain(*args, **named)

        return waiting

    for owner, name in (
        (threading.Condition, "wait"),
        (multiprocessing.connection._ConnectionBase, "recv"),
        (multiprocessing.connection._ConnectionBase, "recv_bytes"),
        (multiprocessing.queues.Queue, "get"),
        (multiprocessing.queues.Queue, "put"),
        (multiprocessing.queues.SimpleQueue, "get"),
        (multiprocessing.queues.JoinableQueue, "join"),
    ):
        setattr(owner, name, blocked(getattr(owner, name)))


def _spy_queues(recorder: Recorder) -> None:
    def spied(base: Any) -> Any:
        class Spy(base):  # type: ignore[misc]
            def get(self, *args: Any, **named: Any) -> Any:
                with recorder.board.blocked():
                    item = super().get(*args, **named)
                if called_by_ours():
                    recorder.event("get", item, labels_held())
                return item

            def put(self, item: Any, *args: Any, **named: Any) -> None:
                if called_by_ours():
                    recorder.event("put", item, labels_held())
                with recorder.board.blocked():
                    super().put(item, *args, **named)

            def join(self) -> None:
                with recorder.board.blocked():
                    super().join()

            def empty(self) -> bool:
                answer = super().empty()
                if called_by_ours():
                    recorder.board.hold()
                return bool(answer)

            def qsize(self) -> int:
                answer = super().qsize()
                if called_by_ours():
                    recorder.board.hold()
                return int(answer)

        Spy.__name__ = Spy.__qualname__ = base.__name__
        return Spy

    plain = queue.Queue
    queue.Queue = spied(plain)  # type: ignore[misc]
    for name in ("LifoQueue", "PriorityQueue"):
        setattr(queue, name, spied(getattr(queue, name)))


def _spy_files(recorder: Recorder) -> None:
    """Reading a file that the exercise laid down, and rewriting it, are dangerous moments."""
    plain = io.open

    def spy_open(file: Any, mode: str = "r", *args: Any, **named: Any) -> Any:
        if not isinstance(file, str | os.PathLike) or ("b" in mode and not recorder.board.active):
            return plain(file, mode, *args, **named)
        name = os.path.relpath(os.fspath(file)) if isinstance(os.fspath(file), str) else ""
        if not name or name.startswith("..") or not file_caller_is_ours():
            return plain(file, mode, *args, **named)
        writes = any(letter in mode for letter in "wax+")
        if writes:
            recorder.board.hold()
        opened = plain(file, mode, *args, **named)
        recorder.event("write" if writes else "read", name, labels_held())
        recorder.board.hold()
        return opened

    builtins.open = io.open = spy_open


def file_caller_is_ours() -> bool:
    """Whether student code opens the file, directly or through pathlib."""
    frame = sys._getframe(2)
    while frame is not None and frame.f_globals.get("__name__") == "pathlib":
        frame = frame.f_back  # type: ignore[assignment]
    return frame is not None and is_ours(frame.f_code.co_filename)


def _spy_sleep(recorder: Recorder) -> None:
    plain = time.sleep

    def sleep(seconds: float) -> None:
        with recorder.board.blocked():
            plain(seconds)

    time.sleep = sleep  # type: ignore[assignment]
