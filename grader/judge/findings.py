"""From what one run did to a verdict with evidence. The only place that reads what a child reported."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from _pytest.outcomes import Failed

from grader.containers.session import Ending
from grader.judge.verdicts import MEANINGS, Verdict
from grader.language import Message, say
from sandbox import protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

OUTPUT_SHOWN = 2000  # characters of a run's output in evidence: head and tail of that
TEXT_SHOWN = 2000
LEAST_PID = 1000  # the driver sees to it that a script's are at least this (raise_pids)
EVIDENCE_TEXT, EVIDENCE_ITEMS, EVIDENCE_DEPTH = 5000, 250, 8  # the most that a record carries, whoever wrote it


class Finding(Failed):
    """Ends a test with a verdict that is not a plain failure. Raised by the proxies."""

    def __init__(
        self, verdict: Verdict, message: Message | None = None, evidence: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(msg=verdict.value, pytrace=False)
        self.verdict = verdict
        self.message = message or MEANINGS[verdict].sentence
        self.evidence = dict(evidence or {})


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


def head_and_tail(text: str, room: int = OUTPUT_SHOWN) -> str:
    """The text, or its beginning and end with a mark between."""
    return text if len(text) <= room else f"{text[: room * 2 // 3]}\n…\n{text[-room // 3 :]}"


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


def _open(ran: Mapping[str, Any], call: str) -> Report:
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
    _check_shape(facts)
    events = tuple(_event(event) for event in facts["events"])
    report = Report(facts, events, stdout, stderr, code, ran["left"], call)
    if facts["outcome"] == "ended" and ended == "signal":
        raise Finding(Verdict.CRASHED, crash_message(ended, code), shown)
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


def _event(data: Any) -> Event:
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


def raise_problems(report: Report, submit: str) -> None:
    """Findings that no test has to ask for: load errors, exceptions in any task, deadlocks. Returns when there is none."""
    facts, evidence = report.facts, report.evidence()
    outcome = facts["outcome"]
    if outcome == "load":
        raise load_finding(facts, evidence, submit)
    if outcome == "absent":
        raise Finding(
            Verdict.MISSING,
            say(
                "{file} has no {name}. It has: {names}.",
                file=submit,
                name=facts.get("name"),
                names=", ".join(map(str, facts.get("names", []))) or "-",
            ),
            evidence,
        )
    if outcome == "scenario":
        raise Finding(
            Verdict.INFRA,
            say("The exercise's own scenario failed before your code ran."),
            {**evidence, **_raised(facts)},
        )
    for finding in [facts["finding"]] if outcome == "finding" else facts["found"]:
        raise Finding(Verdict.DEADLOCK, evidence={**evidence, **deadlock_evidence(finding["cycle"])})
    if any(
        text.startswith("start method") for text in facts["unsupported"]
    ):  # what comes of it is not the student's fault
        raise Finding(Verdict.UNSUPPORTED, evidence={**evidence, "unsupported": facts["unsupported"]})
    if facts["traces"]:
        first = min(facts["traces"], key=lambda trace: str(trace.get("task")))
        raise _task_failure(first, evidence)
    if outcome == "raised":
        raise raised_finding(facts, evidence)
    if outcome == "ended" and "raised" in facts:
        raise raised_finding(facts, evidence)
    if facts["dropped"]:
        raise Finding(Verdict.TOO_BIG, evidence=evidence)
    if facts["unsupported"]:
        raise Finding(Verdict.UNSUPPORTED, evidence={**evidence, "unsupported": facts["unsupported"]})


def load_finding(facts: Mapping[str, Any], evidence: dict[str, Any], submit: str) -> Finding:
    """The student's file could not even be loaded."""
    raised = facts.get("raised", {})
    evidence = {**evidence, **_raised(facts)}
    line = raised.get("line", 0)
    if "python2" in facts["notices"]:
        return Finding(
            Verdict.ERROR,
            say(
                "{file} is written for Python 2 (line {line}); this course uses Python 3. Write print(...) with brackets.",
                file=submit,
                line=line,
            ),
            evidence,
        )
    if raised.get("name") in ("SyntaxError", "IndentationError", "TabError"):
        return Finding(
            Verdict.ERROR,
            say("{file} does not even start: {name} in line {line}.", file=submit, name=raised["name"], line=line),
            evidence,
        )
    return limit_finding(facts, evidence) or Finding(
        Verdict.ERROR,
        say(
            "{file} ends in {name} while it is being loaded, line {line}.",
            file=submit,
            name=raised.get("name"),
            line=line,
        ),
        evidence,
    )


def raised_finding(facts: Mapping[str, Any], evidence: dict[str, Any]) -> Finding:
    """An exception left the function that was called: the student's where its innermost frame is his, else a failed scenario."""
    evidence = {**evidence, **_raised(facts)}
    special = limit_finding(facts, evidence)
    if special:
        return special
    trace = facts.get("trace", [])
    raised = facts["raised"]
    if trace and trace[-1]["file"] == "scenarios.py":
        if not facts["reached"]:
            return Finding(Verdict.INFRA, say("The exercise's own scenario failed before your code ran."), evidence)
        return Finding(
            Verdict.FAIL,
            say(
                "What your code returned could not be used: {name}: {text}",
                name=raised["name"],
                text=raised["message"][:300],
            ),
            evidence,
        )
    return Finding(
        Verdict.ERROR,
        say(
            "Your code ended in {name} at line {line}: {text}",
            name=raised["name"],
            line=raised["line"],
            text=raised["message"][:300],
        ),
        evidence,
    )


def before_student(report: Report) -> bool:
    """Whether the scenario failed before it called anything of the student's."""
    facts = report.facts
    if facts["outcome"] == "raised" and not facts["reached"]:
        return bool(facts["trace"]) and facts["trace"][-1]["file"] == "scenarios.py"
    return bool(facts["outcome"] == "scenario")


def broke_by_loading(report: Report, submit: str) -> Finding:
    """The scenario fails, but not without the student's file: what that does while it is loaded breaks it."""
    raised = report.facts["raised"]
    return Finding(
        Verdict.ERROR,
        say(
            "What {file} does while it is being loaded breaks the exercise: {name}: {text}",
            file=submit, name=raised["name"], text=raised["message"][:300],
        ),
        {**report.evidence(), **_raised(report.facts)},
    )  # fmt: skip


def _task_failure(trace: Mapping[str, Any], evidence: dict[str, Any]) -> Finding:
    raised = trace["raised"]
    evidence = {**evidence, **_raised(trace), "task": str(trace.get("task"))}
    return limit_finding(trace, evidence) or Finding(
        Verdict.ERROR,
        say(
            "{task} ended in {name} at line {line}: {text}",
            task=str(trace.get("task")), name=raised["name"], line=raised["line"], text=raised["message"][:300],
        ),
        evidence,
    )  # fmt: skip


def limit_finding(facts: Mapping[str, Any], evidence: dict[str, Any]) -> Finding | None:
    """Exceptions that mean a limit was hit, or nobody is there to type."""
    raised = facts.get("raised", {})
    name, text = raised.get("name", ""), raised.get("message", "")
    if name == "EOFError" and text == "EOF when reading a line":  # what input() says; a closed pipe says something else
        return Finding(Verdict.NEEDS_INPUT, evidence=evidence)
    if name == "MemoryError":
        return Finding(Verdict.MEMORY, evidence=evidence)
    if (name == "BlockingIOError" and "Errno 11" in text) or "can't start new thread" in text:
        return Finding(Verdict.LIMIT, ENDINGS[Ending.PIDS][1], evidence)
    if name == "OSError" and re.search(r"Errno (24|27|28)\b", text):
        return Finding(
            Verdict.LIMIT, say("The run used more files or disk than allowed: {text}", text=text[:200]), evidence
        )
    return None


def _raised(facts: Mapping[str, Any]) -> dict[str, Any]:
    raised = protocol.read_raised(facts["raised"])
    return {
        "exception": {"name": raised.name, "message": raised.message[:TEXT_SHOWN], "line": raised.line},
        "traceback": list(facts.get("trace", [])),
    }


def deadlock_evidence(cycle: list[dict[str, Any]]) -> dict[str, Any]:
    """The circle, beginning with the task whose name sorts first: the same circle always reads the same."""
    if not cycle:
        return {"cycle": []}
    first = min(range(len(cycle)), key=lambda index: str(cycle[index]["task"]))
    keys = ("task", "waits_for", "held_by", "line", "holds")
    return {"cycle": [{key: edge.get(key) for key in keys} for edge in cycle[first:] + cycle[:first]]}


def scrub(text: str) -> str:
    """Text without memory addresses, which no two runs share."""
    return re.sub(r"\b0x[0-9a-fA-F]{6,}\b", "0x…", text)


def plain(data: Any, depth: int = 0) -> Any:
    """Evidence and messages as they may be kept, shown and sent: no addresses, no NUL, no lone surrogate, nothing endless."""
    if depth > EVIDENCE_DEPTH:
        return "…"
    if isinstance(data, str):
        text = head_and_tail(scrub(data), EVIDENCE_TEXT)
        return text.replace("\0", "\\x00").encode("utf-8", "backslashreplace").decode()
    if isinstance(data, dict):
        return {plain(str(key), depth): plain(value, depth + 1) for key, value in list(data.items())[:EVIDENCE_ITEMS]}
    if isinstance(data, list | tuple):
        return [plain(item, depth + 1) for item in data[:EVIDENCE_ITEMS]]
    return data if data is None or isinstance(data, bool | int) else plain(str(data), depth)
