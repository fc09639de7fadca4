"""Events of one real run, of every thread and forked process, in the one order in which they were written."""

from __future__ import annotations

import json
import os
import tempfile
import threading
from typing import TYPE_CHECKING, Any

from sandbox import protocol
from sandbox.real.board import Board

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_EVENTS = 20_000
MAX_EVENT = 4000  # bytes of one event: written in one go


class Recorder:
    """Appends events to a file that forked children share; `facts()` reads them back.

    Line types: {"event": {...}}, {"trace": {...}} an exception that ended a task, {"child": pid} a forked process.
    """

    def __init__(self, watch: frozenset[str], plan: str) -> None:
        self.watch = watch
        self.board = Board(active=plan == "hold")
        self.names = TaskNames()
        with tempfile.TemporaryFile(buffering=0) as file:
            self._fd = os.dup(file.fileno())
        self._written = 0
        os.register_at_fork(after_in_child=self._forked)

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

    def unsupported(self, what: str) -> None:
        """Something handed to us that cannot be watched."""
        self._write({"unsupported": what})

    def facts(self) -> dict[str, Any]:
        """Everything recorded so far: events, traces, children, unsupported."""
        written = os.pread(self._fd, os.fstat(self._fd).st_size, 0)  # the offset is shared with everybody who writes
        lines = [json.loads(line) for line in written.splitlines()]
        findings = [line["finding"] for line in lines if "finding" in line]
        return {
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
    """Names of tasks by the order in which they were started, so that two runs call the same task the same.

    "main", its threads "thread 1", "thread 2", its processes "child 1"; deeper ones "child 1, thread 1".
    """

    def __init__(self) -> None:
        self.prefix = ""
        self.counts = {"thread": 0, "child": 0}
        self.local = threading.local()
        self.next_child = ""
        self.lock = threading.Lock()

    def fresh(self, kind: str) -> str:
        """The name for the thread or child that is about to be started."""
        with self.lock:
            self.counts[kind] += 1
            return f"{self.prefix}{kind} {self.counts[kind]}"

    def current(self) -> str:
        return getattr(self.local, "name", None) or (self.prefix.rstrip(", ") or "main")

    def enter(self, name: str) -> None:
        """The current thread is called `name` from now on."""
        self.local.name = name

    def in_child(self) -> None:
        """After a fork, in the child: it is the main task of its own process."""
        name = self.next_child or self.fresh("child")
        self.next_child = ""
        self.lock = threading.Lock()
        self.local = threading.local()
        self.prefix = f"{name}, "
        self.counts = {"thread": 0, "child": 0}
