"""Loads the student's file and does one run, in a process of its own. What it reports describes a run; it never says whether it is right.

The report is one line: `NONCE {outcome, value?, raised?, events, traces, findings, threads, children, notices}`. Outcomes:
value (the function returned), raised (it raised), ended (a script ran to its end), load (the student's file could not be loaded),
absent (no such name), scenario (our own scenario failed before any student code ran).
"""

from __future__ import annotations

import atexit
import base64
import builtins
import codecs
import contextlib
import io
import linecache
import os
import re
import sys
import threading
import time
import tokenize
import types

from sandbox import protocol, stage
from sandbox.folder import fresh_folder, write
from sandbox.real import spies
from sandbox.real.recorder import Recorder, anonymous_file

TYPE_CHECKING = False  # what `typing` would say; importing it costs every sandbox two milliseconds
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

SCENARIOS = "scenarios.py"
BASE = "/packages/base"  # where greenlet is inside
GRACE, GRACE_STEPS = 0.2, 40  # seconds for tasks that are about to end
AFTERMATH = 2.0  # seconds for other tasks to end once the main one raised: what it raised is the answer
getpid, sleep, monotonic, fstat = os.getpid, time.sleep, time.monotonic, os.fstat  # student code may patch the modules
trace_of = BaseException.__dict__["__traceback__"].__get__  # and its exceptions may lie


class Submission:
    """What the driver was given once: the student's folder as bytes, and the public half of the exercise."""

    def __init__(self, load: Mapping[str, Any]) -> None:
        self.files: Mapping[str, bytes] = {name: base64.b64decode(body) for name, body in load["files"].items()}
        self.submit: str = load["submit"]
        self.scenarios: str = load["scenarios"]
        self.prelude: str = load["prelude"]
        self.lay: Mapping[str, str] = load["lay"]
        self.encoding: str = load["encoding"]
        self.packages: tuple[str, ...] = tuple(load["packages"])


class Report:
    """The one line that goes to the driver. Written once, by whoever ends the run."""

    def __init__(self, fd: int, nonce: str) -> None:
        self._fd, self._nonce, self._pid, self._once = fd, nonce, getpid(), threading.Lock()
        self._pipe = os.fstat(fd).st_ino

    def send(self, report: Mapping[str, Any]) -> bool:
        """Whether this call was the one that reported; a forked copy of this object never reports, nor does anything into another pipe."""
        if getpid() != self._pid or not self._once.acquire(blocking=False) or fstat(self._fd).st_ino != self._pipe:
            return False
        line = self._nonce.encode() + b" " + protocol.dump_line(dict(report))
        while line:
            line = line[os.write(self._fd, line) :]
        os.close(self._fd)
        return True


def main(submission: Submission, request: Mapping[str, Any], report: Report) -> int:
    """One run; returns the exit status of the child."""
    more = request.get("files", {})
    fresh = fresh_folder(lambda: lay_down(submission, more))
    feed_stdin(request["stdin"])
    if request["kind"] in ("explore", "replay"):
        sys.path[:0] = [BASE, *submission.packages]
        from sandbox import exploring  # noqa: PLC0415 - only here, and greenlet with it

        sys.path.remove(BASE)

        report.send({"explored": exploring.answer(submission.files, request, fresh if more else None)})
        return 0
    if request["kind"] in ("explore call", "explore script"):
        report.send({"explored": explored(submission, request, fresh)})
        return 0
    is_script = request["kind"] == "script"
    sys.modules["stage"] = stage
    run = Run(submission, Recorder(frozenset(request["watch"]), request["plan"]), report)
    sys.stdout, sys.stderr = line_stream(1, run.recorder), line_stream(2, run.recorder)
    sys.__stdout__, sys.__stderr__ = sys.stdout, sys.stderr  # type: ignore[misc]
    spies.install(run.recorder, frozenset({submission.submit, SCENARIOS}), finish=run.finish)
    stage.use(run.recorder)
    if is_script:
        hide_ourselves()
        sys.path[:0] = [os.getcwd(), *submission.packages]
        return run.script(list(request["args"]))
    run.bare = bool(request.get("bare"))
    return run.call(request["name"], protocol.load_value(request["args"]))


def explored(submission: Submission, request: Mapping[str, Any], fresh: Callable[[], None]) -> dict[str, Any]:
    """What the scheduler finds: every schedule starts from fresh files, as every run does."""
    sys.path[:0] = [BASE, *submission.packages]
    from sandbox import exploring  # noqa: PLC0415 - only here, and greenlet with it

    sys.path.remove(BASE)
    source = Source(submission)
    try:
        source.compile(submission.submit)
    except LoadFailure as failure:
        return {"load": {**failure.facts, "notices": source.notices}}
    files = {name: source.decode(data) for name, data in submission.files.items() if name.endswith(".py")}
    if request["kind"] == "explore call":
        files[SCENARIOS] = submission.scenarios
    return exploring.graded(files, request, fresh, submission.prelude)


def hide_ourselves() -> None:
    """No import leads from student code to what watches it; who digs through frames or the heap still gets there (docs/threat-model.md)."""
    for name in list(sys.modules):
        if name == "stage" or name.partition(".")[0] == "sandbox":
            del sys.modules[name]
    sys.modules["__main__"] = types.ModuleType("__main__")


def lay_down(submission: Submission, more: Mapping[str, str]) -> None:
    """The student's folder and the exercise's files, fresh, in the current directory."""
    texts = {**submission.lay, **more}
    write({**submission.files, **{name: text.encode() for name, text in texts.items()}})


def line_stream(fd: int, recorder: Recorder) -> io.TextIOWrapper:
    """As on a terminal: a line is written in one go, so that lines of two processes never mix. Noted by task as well."""
    file = io.FileIO(fd, "w", closefd=False)

    class Stream(io.TextIOWrapper):
        def write(self, text: str) -> int:
            count = super().write(text)
            if not recorder.printed(str.__str__(text)):  # a flood: back to full speed
                Stream.write = io.TextIOWrapper.write  # type: ignore[assignment, method-assign]
            return count

    return Stream(file, encoding="utf-8", errors="backslashreplace", line_buffering=True)


def feed_stdin(text: str) -> None:
    """Stdin is a file with `text`: reading past its end is an EOFError at once, never a wait."""
    fd = anonymous_file()
    data = text.encode("utf-8", "surrogatepass")
    while data:
        data = data[os.write(fd, data) :]
    os.lseek(fd, 0, os.SEEK_SET)
    os.dup2(fd, 0)
    os.close(fd)
    sys.stdin = io.TextIOWrapper(io.FileIO(0, "r", closefd=False), encoding="utf-8", errors="surrogateescape")


class LoadFailure(Exception):
    """The student's file could not be loaded; carries what to report."""

    def __init__(self, facts: Mapping[str, Any]) -> None:
        super().__init__()
        self.facts = facts


class Source:
    """The student's files as text; `notices` are what to say of how they were read."""

    def __init__(self, submission: Submission) -> None:
        self.submission = submission
        self.notices: list[str] = []

    def compile(self, name: str) -> types.CodeType:
        """The student's source, decoded as Python would, else as the course declares; tabs, BOM and CRLF as they come."""
        source = self.decode(self.submission.files[name])
        linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
        try:
            return compile(source, name, "exec", dont_inherit=True)
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            where = {"line": getattr(error, "lineno", 0) or 0, "column": getattr(error, "offset", 0) or 0}
            if looks_like_python_2(source):
                self.notices.append("python2")
            raise LoadFailure(
                {"raised": protocol.describe_exception(error, where["line"]), "trace": [], **where}
            ) from None

    def decode(self, data: bytes) -> str:
        try:
            encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
            text = codecs.decode(data, encoding)
        except Exception:  # rot13 is a codec too, but not of text
            text = codecs.decode(data, self.submission.encoding, "replace")
            self.notices.append("encoding")
        return text.replace("\r\n", "\n").replace("\r", "\n")


class Run:
    """One run of one submission: loads, calls, reports."""

    def __init__(self, submission: Submission, recorder: Recorder, report: Report) -> None:
        self.submission, self.recorder, self.report = submission, recorder, report
        self.source = Source(submission)
        self.reached_student = False
        self.home = getpid()
        self.bare = False
        self.missing: AttributeError | None = None

    def finish(self, facts: Mapping[str, Any]) -> None:
        """Report and end the process, from whatever task: after a finding there is nothing to wait for.

        A forked process leaves its finding to the first one, whose report says it.
        """
        if getpid() == self.home:
            self.send(facts)
        else:
            self.recorder.finding(facts["finding"])
        os._exit(1)

    def send(self, facts: Mapping[str, Any]) -> None:
        for stream in (sys.__stdout__, sys.__stderr__):
            with contextlib.suppress(Exception):
                stream.flush()  # type: ignore[union-attr]
        everything = {
            **self.recorder.facts(),
            "pid": self.home,
            "notices": self.source.notices,
            "reached": self.reached_student,
            **facts,
        }
        self.report.send(everything)

    def call(self, name: str, args: list[Any]) -> int:
        """Loads the scenarios, then the student's module, calls `name`; the value or the exception is the report.

        Scenarios come first: nothing a student's file does to modules or imports makes an exercise look broken. `bare` runs are without
        the student's code at all: they tell whether a scenario fails by itself.
        """
        stem = self.submission.submit.removesuffix(".py")
        try:
            scenarios = self.load_scenarios()
        except BaseException as error:
            self.send({"outcome": "scenario", "raised": protocol.describe_exception(error)})
            return 0
        hide_ourselves()
        sys.path[:0] = [os.getcwd(), *self.submission.packages]
        try:
            student = types.ModuleType(stem) if self.bare else self.load_student(stem)
        except LoadFailure as failure:
            self.reached_student = True
            self.send({"outcome": "load", **failure.facts})
            return 0
        try:
            function = scenarios.get(name)
            if callable(function):
                args = [watched(student, self), *args]
            else:
                function = student.__dict__.get(name)
                self.reached_student = True
        except BaseException as error:
            self.send({"outcome": "scenario", "raised": protocol.describe_exception(error)})
            return 0
        if function is None:
            self.send(absent(student, name))
            return 0
        try:
            value = function(*args)
            facts: dict[str, Any] = {"outcome": "value", "value": protocol.dump_value(value)}
        except BaseException as error:
            missing = self.missing is not None and error is self.missing
            facts = absent(student, str(error.name)) if missing else {"outcome": "raised", **self.describe(error)}  # type: ignore[attr-defined]
            if getpid() != self.home:
                return self.forked_copy_raised(error)
        self.recorder.settle()
        facts |= left_running()
        wait_for_the_rest(AFTERMATH if facts["outcome"] == "raised" else None)
        self.send(facts)
        return 0

    def forked_copy_raised(self, error: BaseException) -> int:
        """An exception in a process that student code forked by hand, on its way into our own frames: a traceback, and exit code 1."""
        if isinstance(error, SystemExit):
            return exit_status(error)
        facts = self.describe(error)
        self.recorder.trace(facts["raised"], facts["trace"])
        spies.print_traceback(error)
        return 1

    def script(self, args: list[str]) -> int:
        """The file as a person runs it: `python FILE ARGS`, to the end of interpreter shutdown."""
        self.reached_student = True
        sys.argv = [self.submission.submit, *args]
        main_module = types.ModuleType("__main__")
        main_module.__file__ = os.path.abspath(self.submission.submit)
        main_module.__builtins__ = builtins  # type: ignore[attr-defined]
        sys.modules["__main__"] = main_module
        status = 0
        facts: dict[str, Any] = {"outcome": "ended"}
        try:
            code = self.source.compile(self.submission.submit)
        except LoadFailure as failure:
            self.send({"outcome": "load", **failure.facts})
            return 1
        try:
            exec(self.prelude(), main_module.__dict__)
            exec(code, main_module.__dict__)
        except SystemExit as leave:
            status = exit_status(leave)
        except BaseException as error:
            if getpid() != self.home:
                return self.forked_copy_raised(error)
            status = 1
            facts |= self.describe(error)
            spies.print_traceback(error)
        facts |= left_running()
        threading._shutdown()  # type: ignore[attr-defined]
        atexit._run_exitfuncs()
        self.send(facts)
        return status

    def load_student(self, name: str) -> types.ModuleType:
        """The student's file as a module, in sys.modules under its stem. Raises LoadFailure."""
        module = types.ModuleType(name)
        module.__file__ = os.path.abspath(self.submission.submit)
        module.__builtins__ = builtins  # type: ignore[attr-defined]
        code = self.source.compile(self.submission.submit)
        sys.modules[name] = module
        try:
            exec(self.prelude(), module.__dict__)
            exec(code, module.__dict__)
        except BaseException as error:
            raise LoadFailure(self.describe(error)) from None
        return module

    def load_scenarios(self) -> dict[str, Any]:
        source = self.submission.scenarios
        linecache.cache[SCENARIOS] = (len(source), None, source.splitlines(keepends=True), SCENARIOS)
        space: dict[str, Any] = {"__name__": "scenarios", "__file__": SCENARIOS, "__builtins__": builtins}
        exec(compile(source, SCENARIOS, "exec"), space)
        return space

    def prelude(self) -> types.CodeType:
        return compile(self.submission.prelude, "<prelude>", "exec")

    def describe(self, error: BaseException) -> dict[str, Any]:
        """An exception with the frames that are in the student's files or the scenarios, innermost last."""
        trace = spies.frames(trace_of(error))
        line = next((frame["line"] for frame in reversed(trace) if frame["file"] != SCENARIOS), 0)
        return {"raised": protocol.describe_exception(error, line), "trace": trace}


def absent(student: types.ModuleType, name: str) -> dict[str, Any]:
    """What to report when the student's file does not offer `name`."""
    names = sorted(str(key) for key, value in student.__dict__.items() if callable(value))
    return {"outcome": "absent", "name": name, "names": [key for key in names if not key.startswith("_")][:50]}


def watched(student: types.ModuleType, run: Run) -> types.ModuleType:
    """The student's module as a scenario sees it: touching any name means student code was reached."""

    class Student(types.ModuleType):
        def __getattribute__(self, name: str) -> Any:
            if not name.startswith("__"):
                run.reached_student = True
            try:
                return student.__dict__[name] if name in student.__dict__ else getattr(student, name)
            except AttributeError as error:
                run.missing = AttributeError(str(error), name=name, obj=None)
                raise run.missing from None

        def __setattr__(self, name: str, value: Any) -> None:
            setattr(student, name, value)

    return Student(student.__name__)


def looks_like_python_2(source: str) -> bool:
    """Whether a file that does not compile has the print statement or `except E, e` of Python 2."""
    return bool(
        re.search(
            r"^\s*(print\s+[^(=\s]|exec\s+['\"]|raise\s+\w+\s*,|except\s+\w+\s*,\s*\w+\s*:)", source, re.MULTILINE
        )
    )


def exit_status(leave: SystemExit) -> int:
    """What the interpreter makes of `sys.exit(code)`."""
    code = leave.code
    if code is None:
        return 0
    if isinstance(code, int):
        return int.__index__(code) & 0xFF
    print(code, file=sys.stderr)
    return 1


def left_running() -> dict[str, Any]:
    """What is still running, after those that are about to end had the time to."""
    for _ in range(GRACE_STEPS):
        if not any(not thread["daemon"] for thread in living_threads()) and not living_children():
            break
        sleep(GRACE / GRACE_STEPS)
    return {"threads": living_threads(), "processes": living_children()}


def wait_for_the_rest(most: float | None = None) -> None:
    """As the interpreter does at its end: threads and processes that are no daemons. What never ends, the deadline ends, or `most` seconds."""
    end = monotonic() + (most or 0)
    for thread in threading.enumerate():
        if thread is not threading.current_thread() and not thread.daemon:
            thread.join(None if most is None else max(0.0, end - monotonic()))
    process = sys.modules.get("multiprocessing.process")
    for one in list(process._children) if process is not None else []:
        if not one.daemon:
            one.join(None if most is None else max(0.0, end - monotonic()))


def living_threads() -> list[dict[str, Any]]:
    """Threads other than this one that are still alive, by name; not the helper that a process queue keeps to the end."""
    others = [t for t in threading.enumerate() if t is not threading.current_thread() and t.name != "QueueFeederThread"]
    found = [{"name": str(spies.task_of(t)), "daemon": bool(t.daemon)} for t in others]
    return sorted(found, key=lambda one: (one["name"], one["daemon"]))


def living_children() -> int:
    """Processes of `multiprocessing` that are still alive."""
    process = sys.modules.get("multiprocessing.process")
    if process is None:
        return 0
    return sum(1 for one in list(process._children) if one._popen is not None and one._popen.poll() is None)
