"""What a run answered, read strictly: the only place that opens what a child reported. Whatever no honest child sends is `review`."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from grader.containers.session import Ending
from grader.judge.evidence import OUTPUT_SHOWN, TEXT_SHOWN, Finding, head_and_tail, scrub
from grader.judge.verdicts import MEANINGS, Verdict
from grader.language import Message, say
from sandbox import protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

LEAST_PID = 1000  # the driver sees to it that a script's are at least this (raise_pids)


@dataclass(frozen=True)
class Answer:
    """What the worker says about one run that was asked for: the driver's `ran`, or how the sandbox ended instead."""

    ending: Ending
    ran: Mapping[str, Any] | None


@dataclass(frozen=True)
class Event:
    """One thing a task did. `note`'s keywords are attributes: `event.in_a_child`."""

    kind: str
    task: str
    about: Any
    holds: frozenset[str]
    facts: Mapping[str, Any]

    def __getattr__(self, name: str) -> Any:
        facts = self.__dict__.get("facts", {})
        if name not in facts:
            raise AttributeError(f"this {self.__dict__.get('kind')} event has no {name!r}; it has {sorted(facts)}")
        return facts[name]


@dataclass(frozen=True)
class Report:
    """A child's report after strict reading, and the output around it."""

    facts: Mapping[str, Any]
    events: tuple[Event, ...]
    stdout: str
    stderr: str
    code: int
    left: int
    call: str  # what was asked, as text

    def evidence(self) -> dict[str, Any]:
        """What every record of this run may show."""
        shown: dict[str, Any] = {"call": self.call}
        text = self.renamed(by_task(self.facts["printed"]) or self.stdout + self.stderr)
        if text:
            shown["output"] = {"text": head_and_tail(text), "truncated": len(text) > OUTPUT_SHOWN}
        if "encoding" in self.facts["notices"]:
            shown["notice"] = "encoding"
        return shown

    def renamed(self, text: str) -> str:
        """Text with this run's process ids, which no two runs share, as `<script>`, `<child 1>` ... Small ones may be any number."""
        names: dict[int, str] = {pid: f"<child {number}>" for number, pid in enumerate(self.facts["children"], 1)}
        names[self.facts["pid"]] = "<script>"
        names = {pid: name for pid, name in names.items() if pid >= LEAST_PID}
        if not names:
            return text
        pattern = r"(?<!\d)(?:" + "|".join(str(pid) for pid in sorted(names, reverse=True)) + r")(?!\d)"
        return re.sub(pattern, lambda match: names[int(match[0])], text)


def by_task(printed: Mapping[str, str]) -> str:
    """What several tasks printed, one after the other; empty where only one did."""
    if len(printed) < 2:
        return ""
    return "\n".join(f"[{task}]\n{text.rstrip()}" for task, text in sorted(printed.items()))


ENDINGS: dict[Ending, tuple[Verdict, Message]] = {
    Ending.CPU: (Verdict.TIMEOUT, say("The run used up its CPU time: a loop that never ends, or far too much work.")),
    Ending.IDLE: (Verdict.TIMEOUT, say("The run was still waiting at its deadline and nothing was going on any more.")),
    Ending.WALL: (Verdict.INFRA, say("The run did not get enough of the machine to decide.")),
    Ending.MEMORY: (Verdict.MEMORY, MEANINGS[Verdict.MEMORY].sentence),
    Ending.PIDS: (Verdict.LIMIT, say("The run started more processes and threads than allowed.")),
    Ending.DISK: (Verdict.LIMIT, say("The run wrote more to disk than allowed.")),
    Ending.OUTPUT: (Verdict.OUTPUT, MEANINGS[Verdict.OUTPUT].sentence),
    Ending.PROTOCOL: (Verdict.REVIEW, say("The run sent something to the grader that no honest program sends.")),
    Ending.EXIT: (Verdict.CRASHED, say("The run ended the process that was watching it.")),
    Ending.SIGNAL: (Verdict.CRASHED, say("The run ended the process that was watching it.")),
    Ending.INFRA: (Verdict.INFRA, MEANINGS[Verdict.INFRA].sentence),
}


def open_answer(answer: Answer, call: str) -> Report:
    """The report of a run, or a Finding where there is none to believe. Never raises anything else."""
    if answer.ran is None:
        verdict, message = ENDINGS[answer.ending]
        raise Finding(verdict, message, {"call": call})
    try:
        return _open(answer.ran, call)
    except protocol.ProtocolError as error:
        message = say("The run sent something to the grader that no honest program sends.")
        raise Finding(Verdict.REVIEW, message, {"call": call, "protocol": str(error)[:200]}) from None


@dataclass(frozen=True)
class Line:
    """The one line a child reported, read as JSON and no further, with what stands around it."""

    facts: Mapping[str, Any]
    stdout: str
    stderr: str
    ended: str
    code: int
    shown: Mapping[str, Any]  # what every record of this run may show
    flags: list[Any]  # of the driver: what in the student's files could reach into the scheduler
    follows: bool  # of the driver: the reported choices are those of the seed


def open_line(answer: Answer, call: str) -> Line:
    """As `open_answer`, for a report of another shape."""
    if answer.ran is None:
        verdict, message = ENDINGS[answer.ending]
        raise Finding(verdict, message, {"call": call})
    try:
        return _line(answer.ran, call)
    except protocol.ProtocolError as error:
        message = say("The run sent something to the grader that no honest program sends.")
        raise Finding(Verdict.REVIEW, message, {"call": call, "protocol": str(error)[:200]}) from None


def _line(ran: Mapping[str, Any], call: str) -> Line:
    ended, code, lines, text = ran.get("ended"), ran.get("code"), ran.get("lines"), ran.get("report")
    if not (isinstance(ended, str) and type(code) is int and type(lines) is int and type(ran.get("left")) is int):
        raise protocol.ProtocolError("malformed reply of the driver")
    stdout, stderr = (_text(ran.get(name)) for name in ("stdout", "stderr"))
    shown = {
        "call": call,
        **({"output": {"text": head_and_tail(stdout + stderr), "truncated": False}} if stdout + stderr else {}),
    }
    if ended == "output":
        raise Finding(
            Verdict.OUTPUT,
            None if stdout + stderr else say("The run returned, or noted, more than can be taken."),
            evidence={**shown, "output": {"text": head_and_tail(stdout + stderr, 400), "truncated": True}},
        )
    if lines > 1 or (lines == 1 and text is None):
        raise protocol.ProtocolError("not exactly one report")
    if text is None:
        raise Finding(Verdict.CRASHED, crash_message(ended, code), shown)
    if not isinstance(text, str):
        raise protocol.ProtocolError("malformed report")
    facts = protocol.load_line(text)
    if facts.get("outcome") == "broken":
        raise Finding(
            Verdict.REVIEW,
            say("The run broke what was watching it."),
            {**shown, "broken": scrub(str(facts.get("text")))[-TEXT_SHOWN:]},
        )
    return Line(facts, stdout, stderr, ended, code, shown, list(ran.get("flags", [])), bool(ran.get("follows", True)))


def _open(ran: Mapping[str, Any], call: str) -> Report:
    line = _line(ran, call)
    facts = line.facts
    _check_shape(facts)
    events = tuple(read_event(event) for event in facts["events"])
    report = Report(facts, events, line.stdout, line.stderr, line.code, ran["left"], call)
    if facts["outcome"] == "ended" and line.ended == "signal":
        raise Finding(Verdict.CRASHED, crash_message(line.ended, line.code), line.shown)
    return report


SHAPE: dict[str, type] = {
    "outcome": str, "events": list, "traces": list, "children": list, "unsupported": list, "notices": list, "reached": bool, "held": int,
    "found": list, "dropped": bool, "pid": int, "printed": dict,
}  # fmt: skip
OUTCOMES: dict[str, frozenset[str]] = {  # outcome -> what else its report must have
    "value": frozenset({"value", "threads", "processes"}),
    "raised": frozenset({"raised", "trace", "threads", "processes"}),
    "ended": frozenset({"threads", "processes"}),
    "load": frozenset({"raised", "trace"}),
    "absent": frozenset({"name", "names"}),
    "scenario": frozenset({"raised"}),
    "finding": frozenset({"finding"}),
}
TASKS_SHAPE: dict[str, type] = {"threads": list, "processes": int, "name": str, "names": list}


def _check_shape(facts: Mapping[str, Any]) -> None:
    for name, kind in SHAPE.items():
        if type(facts.get(name)) is not kind:
            raise protocol.ProtocolError(f"report without {name}")
    needed = OUTCOMES.get(facts["outcome"])
    if needed is None or not needed <= facts.keys():
        raise protocol.ProtocolError("no such outcome")
    for name in TASKS_SHAPE.keys() & facts.keys():
        if type(facts[name]) is not TASKS_SHAPE[name]:
            raise protocol.ProtocolError(f"malformed {name}")
    if not all(isinstance(text, str) for name in ("unsupported", "notices", "names") for text in facts.get(name, [])):
        raise protocol.ProtocolError("malformed texts")
    if not all(isinstance(text, str) for text in facts["printed"].values()):
        raise protocol.ProtocolError("malformed output")
    for thread in facts.get("threads", []):
        if (
            not isinstance(thread, dict)
            or type(thread.get("name")) is not str
            or type(thread.get("daemon")) is not bool
        ):
            raise protocol.ProtocolError("malformed threads")
    if not all(type(pid) is int for pid in facts["children"]):
        raise protocol.ProtocolError("malformed children")
    for trace in [*facts["traces"], *([facts] if "raised" in facts else [])]:
        if (
            not isinstance(trace, dict)
            or not isinstance(trace.get("raised"), dict)
            or not isinstance(trace.get("trace", []), list)
        ):
            raise protocol.ProtocolError("malformed trace")
        try:
            protocol.read_raised(trace["raised"])
        except (KeyError, TypeError) as error:
            raise protocol.ProtocolError("malformed exception") from error
        for frame in trace.get("trace", []):
            _check_place(frame)
    for finding in [*facts["found"], *([facts["finding"]] if "finding" in facts else [])]:
        if (
            not isinstance(finding, dict)
            or finding.get("kind") != "deadlock"
            or not isinstance(finding.get("cycle"), list)
        ):
            raise protocol.ProtocolError("malformed finding")
        for edge in finding["cycle"]:
            if not isinstance(edge, dict) or not all(
                isinstance(edge.get(k), str) for k in ("task", "waits_for", "held_by")
            ):
                raise protocol.ProtocolError("malformed cycle")
            if edge.get("line") is not None:
                _check_place(edge["line"])
            if not isinstance(edge.get("holds"), list) or not all(isinstance(name, str) for name in edge["holds"]):
                raise protocol.ProtocolError("malformed cycle")


def _check_place(frame: Any) -> None:
    kinds = {"file": str, "line": int, "function": str, "text": str}
    if not isinstance(frame, dict) or any(type(frame.get(name)) is not kind for name, kind in kinds.items()):
        raise protocol.ProtocolError("malformed place")


def read_event(data: Any) -> Event:
    """One event, checked field by field. Raises ProtocolError."""
    if not isinstance(data, dict) or not isinstance(data.get("facts"), dict) or not isinstance(data.get("holds"), list):
        raise protocol.ProtocolError("malformed event")
    kind, task = data.get("kind"), data.get("task")
    if (
        not isinstance(kind, str)
        or not isinstance(task, str)
        or not all(isinstance(name, str) for name in data["holds"])
    ):
        raise protocol.ProtocolError("malformed event")
    facts = {str(key): protocol.load_value(value) for key, value in data["facts"].items()}
    return Event(kind, task, protocol.load_value(data.get("about")), frozenset(data["holds"]), facts)


def _text(data: Any) -> str:
    try:
        return base64.b64decode(data, validate=True).decode("utf-8", "replace")
    except (TypeError, ValueError, binascii.Error) as error:
        raise protocol.ProtocolError("malformed output") from error


def crash_message(ended: str, code: int) -> Message:
    if ended == "signal":
        return say("The process was killed by signal {code} and gave no answer.", code=code)
    return say("The process ended with exit code {code} before it gave an answer.", code=code)
