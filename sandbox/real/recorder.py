"""Events of one real run, of every thread and forked process, in the one order in which they were written."""

from __future__ import annotations

import json
import os
import threading

from sandbox import protocol
from sandbox.real.board import Board

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

MAX_EVENTS = 20_000
MAX_SEEN = 100_000
MAX_PRINTED = 4000  # characters of one task's output that are kept by task
MAX_EVENT = 4000  # bytes of one event: written in one go


def anonymous_file() -> int:
    """A file without a name: its descriptor."""
    folder = os.environ.get("TMPDIR", "/tmp")
    if hasattr(os, "O_TMPFILE"):
        try:
            return os.open(folder, os.O_TMPFILE | os.O_RDWR, 0o600)
        except OSError:  # a file system without them
            pass
    path = os.path.join(folder, f"grader-{os.getpid()}-{os.urandom(8).hex()}")
    fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    os.unlink(path)
    return fd


class Recorder:
    """Appends events to a file that forked children share; `facts()` reads them back.

    Line types: {"event": {...}}, {"trace": {...}} an exception that ended a task, {"child": pid} a forked process.
    """

    def __init__(self, watch: frozenset[str], plan: str) -> None:
        self.watch = watch
        self.board = Board(plan)
        self.names = TaskNames()
        self._fd = anonymous_file()
        self._written = 0
        self._seen = 0  # characters printed by this process
        self._printed: dict[str, int] = {}  # characters kept of each task's output
        os.register_at_fork(
            before=self.names.before_fork, after_in_parent=self.names.after_fork, after_in_child=self._forked
        )

    def event(self, kind: str, about: Any, holds: list[str], **facts: Any) -> None:
        """One event of the current task, if anybody asked for its kind."""
        if kind in self.watch:
            values = {key: protocol.dump_value(value) for key, value in facts.items()}
            self._write(
                {
                    "event": {
                        "kind": kind,
                        "task": self.names.current(),
                        "about": protocol.dump_value(about),
                        "holds": holds,
                        "facts": values,
                    }
                }
            )

    def trace(self, raised: dict[str, Any], frames: list[dict[str, Any]]) -> None:
        """An exception that ended a task other than the main one."""
        self._write({"trace": {"task": self.names.current(), "raised": raised, "trace": frames}})

    def finding(self, finding: Mapping[str, Any]) -> None:
        """What was found in a forked process; the first one reports it."""
        self._write({"finding": dict(finding)})

    def printed(self, text: str) -> bool:
        """Something the current task printed: output of several tasks mixes differently every time, that of each one does not.

        False when this process has printed so much that nobody needs to be told of more.
        """
        task = self.names.current()
        room = MAX_PRINTED - self._printed.get(task, 0)
        if room > 0 and text:
            self._printed[task] = self._printed.get(task, 0) + len(text)
            self._write({"printed": [task, text[:room]]})
        self._seen += len(text)
        return self._seen < MAX_SEEN

    def unsupported(self, what: str) -> None:
        """Something handed to us that cannot be watched."""
        self._write({"unsupported": what})

    def facts(self) -> dict[str, Any]:
        """Everything recorded so far: events, traces, children, unsupported."""
        written = os.pread(self._fd, os.fstat(self._fd).st_size, 0)  # the offset is shared with everybody who writes
        lines = [json.loads(line) for line in written.splitlines()]
        findings = [line["finding"] for line in lines if "finding" in line]
        printed: dict[str, str] = {}
        for line in lines:
            if "printed" in line:
                task, text = line["printed"]
                printed[task] = printed.get(task, "") + text
        return {
            "printed": printed,
            "found": findings[:1],
            "dropped": any("dropped" in line for line in lines),
            "events": [line["event"] for line in lines if "event" in line],
            "traces": [line["trace"] for line in lines if "trace" in line],
            "children": [line["child"] for line in lines if "child" in line],
            "unsupported": sorted({line["unsupported"] for line in lines if "unsupported" in line}),
            "held": self.board.count,
        }

    def settle(self) -> None:
        """Called when the run's main task is done: nobody is held any more."""
        self.board.release()

    def _write(self, message: dict[str, Any]) -> None:
        self._written += "event" in message
        if self._written > MAX_EVENTS and "event" in message:
            if self._written == MAX_EVENTS + 1:
                os.write(self._fd, protocol.dump_line({"dropped": True}))
            return
        line = protocol.dump_line(message)
        if len(line) > MAX_EVENT and "event" in message:
            message["event"].update(about={"opaque": "too large"}, facts={})
            line = protocol.dump_line(message)
        os.write(self._fd, line)

    def _forked(self) -> None:
        self.names.in_child()
        self._write({"child": os.getpid()})


class TaskNames:
    """Names of tasks by who started them and in which order, so that two runs call the same task the same.

    "main", its threads "thread 1", "thread 2", its processes "child 1"; those that these start are "thread 1, thread 1", "child 1, child 1".
    """

    def __init__(self) -> None:
        self.home = "main"
        self.local = threading.local()  # .name, .counts, .child: of the current task

    def fresh(self, kind: str) -> str:
        """The name for the thread or child that the current task is about to start."""
        counts = self.local.__dict__.setdefault("counts", {})
        counts[kind] = counts.get(kind, 0) + 1
        starter = self.current()
        return f"{kind} {counts[kind]}" if starter == "main" else f"{starter}, {kind} {counts[kind]}"

    def current(self) -> str:
        return getattr(self.local, "name", None) or self.home

    def enter(self, name: str) -> None:
        """The current thread is called `name` from now on."""
        self.local.name = name

    def in_child(self) -> None:
        """After a fork, in the child: it is the main task of its own process. One forked by hand has been named by nobody yet."""
        self.home = self.local.child
        self.local = threading.local()

    def before_fork(self) -> None:
        """In the parent: the name of the child, unless it has one already."""
        if not getattr(self.local, "child", ""):
            self.local.child = self.fresh("child")

    def after_fork(self) -> None:
        """In the parent: the next child has another name."""
        self.local.child = ""
