"""The desk of one submission: asks the worker for runs, remembers explored ones, counts what was asked; what a run gave, as a value."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from grader.judge.answer import Answer, Event, Line, Report, open_answer, open_line
from grader.judge.evidence import Finding
from grader.judge.findings import before_student, broke_by_loading
from grader.judge.verdicts import Verdict
from sandbox import protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


SCHEDULES = 1000  # at most, of one exploration


class Ask(Protocol):
    """Asks the worker for one run: `request` goes to the driver as it is."""

    def __call__(self, request: Mapping[str, Any]) -> Answer: ...


@dataclass
class Desk:
    """One submission's runs, shared by all its tests: asks, remembers, counts."""

    ask: Ask
    submit: str
    output: int
    is_check: bool = False
    seed: str = ""
    costless: frozenset[str] = frozenset()  # labels of what costs nothing in this exercise
    real_decides: bool = True  # the exercise itself uses what the scheduler does not control
    asked: int = 0
    looked: list[Mapping[str, Any]] = field(default_factory=list)  # how far each exploration of a test looked
    warnings: list[str] = field(default_factory=list)
    pending: list[Finding] = field(
        default_factory=list
    )  # of runs without any forced order, for when nothing else fails
    _answers: dict[str, Answer] = field(default_factory=dict)

    def __repr__(self) -> str:
        return "<submission>"

    def run(self, request: Mapping[str, Any], call: str, *, again: bool = False) -> Report:
        """The report of one run. Runs that may differ (`call`, `script`) are made anew each time; an explored one is made once."""
        key = json.dumps(request, sort_keys=True)
        self.asked += 1
        answer = self._answers.get(key) if not again else None
        if answer is None:
            answer = self._answers[key] = self.ask(request)
        report = open_answer(answer, call)
        if report.facts["outcome"] == ("ended" if request["kind"] == "call" else "value"):
            raise Finding(Verdict.REVIEW, evidence={"call": call, "protocol": "an outcome of another kind of run"})
        return report

    def line(self, request: Mapping[str, Any], call: str) -> Line:
        """What one exploration reported, unread. The same is asked once."""
        key = json.dumps(request, sort_keys=True)
        self.asked += 1
        if key not in self._answers:
            self._answers[key] = self.ask(request)
        return open_line(self._answers[key], call)

    def exploration(self, kind: str, watch: Sequence[str], **more: Any) -> dict[str, Any]:
        """A request to explore, as the driver takes it; `more` says what."""
        return {
            "kind": f"explore {kind}", "submit": self.submit, "watch": sorted(watch), "seed": int(self.seed[:8] or "0", 16),
            "schedules": SCHEDULES, "labels": sorted(self.costless), "stdin": "", "output": self.output, "name": "", "args": [], "files": {},
            "allow": [], "expect": "", "show": None, **more,
        }  # fmt: skip

    def request(self, kind: str, watch: Sequence[str], plan: str, **more: Any) -> dict[str, Any]:
        """A request as the driver takes it."""
        return {"kind": kind, "watch": sorted(watch), "plan": plan, "stdin": "", "output": self.output, **more}


def called(desk: Desk, name: str, args: Sequence[Any], watch: Sequence[str], plan: str, *, again: bool) -> Report:
    """One run of a function of the scenarios or of the student's file."""
    request = desk.request("call", watch, plan, name=name, args=protocol.dump_value(list(args)))
    text = f"{name}({', '.join(map(repr, args))})"[:1000]
    report = desk.run(request, text, again=again)
    if before_student(report) and not before_student(desk.run({**request, "bare": True}, text)):
        raise broke_by_loading(report, desk.submit)
    return report


def report_value(report: Report) -> Any:
    """The value a call returned, as plain data."""
    try:
        return protocol.load_value(report.facts.get("value"))
    except protocol.ProtocolError as error:
        raise Finding(Verdict.REVIEW, evidence={"call": report.call, "protocol": str(error)[:200]}) from None


@dataclass(frozen=True)
class Ran:
    """A script that ran to its end. Its own process ids in the output read `<script>`, `<child 1>` ..."""

    exit: int
    stdout: str
    stderr: str
    children: list[str]
    left: list[str]
    events: tuple[Event, ...] = ()

    def __repr__(self) -> str:
        return f"<run with exit code {self.exit} and output {self.stdout[:300]!r}>"

    @property
    def lines(self) -> list[str]:
        return self.stdout.splitlines()


def scripted(
    desk: Desk,
    args: Sequence[str],
    stdin: str,
    files: Mapping[str, str] | None,
    watch: Sequence[str],
    plan: str,
    *,
    again: bool,
) -> Report:
    request = desk.request("script", watch, plan, args=[str(a) for a in args], files=dict(files or {}))
    request["stdin"] = stdin
    return desk.run(request, " ".join(["python", desk.submit, *map(str, args)])[:1000], again=again)


def ran(report: Report) -> Ran:
    """A script's report with process ids replaced by names."""
    left = [f"thread {thread['name']}" for thread in report.facts.get("threads", []) if not thread.get("daemon")]
    left += ["process"] * report.left
    children = [f"<child {number}>" for number in range(1, len(report.facts["children"]) + 1)]
    stdout, stderr = report.renamed(report.stdout), report.renamed(report.stderr)
    return Ran(report.code, stdout, stderr, children, left, report.events)
