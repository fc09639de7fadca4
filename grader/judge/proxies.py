"""What a reference test can ask: `call`, `script`, `explore`, `inputs`, `score`. Everything a test learns comes through here."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Protocol

from grader.judge.findings import (
    Answer,
    Event,
    Finding,
    Report,
    before_student,
    broke_by_loading,
    open_answer,
    raise_problems,
)
from grader.judge.verdicts import Verdict
from grader.language import say
from sandbox import protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

KINDS = ("note", "start", "join", "acquire", "release", "put", "get", "read", "write")
PLANS = ("hold", "turns")  # the forced order first: where both fail, the same one is always shown


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
    asked: int = 0
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

    def request(self, kind: str, watch: Sequence[str], plan: str, **more: Any) -> dict[str, Any]:
        """A request as the driver takes it."""
        return {"kind": kind, "watch": sorted(watch), "plan": plan, "stdin": "", "output": self.output, **more}


@dataclass(frozen=True)
class Call:
    """`call(name, *args)`: once, for real; the value, or the test ends with a verdict."""

    desk: Desk

    def __repr__(self) -> str:
        return "call"

    def __call__(self, name: str, *args: Any) -> Any:
        report = called(self.desk, name, args, (), "plain", again=True)
        raise_problems(report, self.desk.submit)
        return report_value(report)


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


@dataclass(frozen=True)
class Script:
    """`script(args, stdin, files)`: the file as a person runs it. An uncaught exception in any task ends the test."""

    desk: Desk

    def __repr__(self) -> str:
        return "script"

    def __call__(self, args: Sequence[str] = (), stdin: str = "", files: Mapping[str, str] | None = None) -> Ran:
        report = scripted(self.desk, args, stdin, files, (), "plain", again=True)
        raise_problems(report, self.desk.submit)
        return ran(report)

    def explore(
        self,
        args: Sequence[str] = (),
        stdin: str = "",
        files: Mapping[str, str] | None = None,
        *,
        watch: str = "start join",
        expect: str | None = None,
        allow: Iterable[str] = (),
        leaves: Iterable[str] | None = None,
    ) -> Exploration:
        """The script under forced orders; each run's value is what `script` returns."""

        def once(plan: str) -> Report:
            return scripted(self.desk, args, stdin, files, watch.split(), plan, again=False)

        return explored(self.desk, once, ran, expect, allow, leaves)


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


@dataclass(frozen=True)
class RunView:
    """One run of an exploration as a test sees it."""

    value: Any
    seen: tuple[Event, ...]
    seconds: None = None  # virtual time comes with the scheduler

    def events(self, kinds: str) -> list[Event]:
        """The run's events of these kinds (separated by spaces), in order."""
        wanted = kinds.split()
        unknown = [kind for kind in wanted if kind not in KINDS]
        if unknown:
            raise ValueError(f"no such kind of event: {unknown[0]!r}; there are {', '.join(KINDS)}")
        return [event for event in self.seen if event.kind in wanted]


@dataclass(frozen=True)
class Exploration:
    """What `explore` returns. `clock` is "real": real runs under forced orders, not every schedule."""

    desk: Desk
    runs: tuple[tuple[RunView, Mapping[str, Any]], ...]  # with the evidence of each
    clock: str = "real"
    schedules: int | None = None
    exhausted: bool = False
    bound: None = None
    tolerated: Finding | None = None  # the last run that ended in an allowed, or the expected, way

    def __repr__(self) -> str:
        return f"<{len(self.runs)} runs>"

    @property
    def demo(self) -> RunView:
        """The run without any forced order."""
        self._need_runs()
        if self.desk.pending:
            raise self.desk.pending[-1]
        return self.runs[-1][0]

    def always(self, f: Callable[[RunView], object], why: str = "") -> None:
        """Fails unless `f(run)` is true in every run; the first counter-example is the evidence."""
        if self.desk.is_check and holds_on_nothing(f):
            self.desk.warnings.append(why or "an `always` that also holds for a run in which nothing happens")
        self._need_runs()
        for run, evidence in self.runs:
            if not f(run):
                raise Finding(
                    Verdict.FAIL, say("Not so in every run: {why}", why=why) if why else None, {**evidence, "why": why}
                )

    def ever(self, f: Callable[[RunView], object], why: str = "") -> None:
        """Fails unless `f(run)` is true in some run."""
        self._need_runs()
        if not any(f(run) for run, _ in self.runs):
            raise Finding(
                Verdict.FAIL, say("Not so in any run: {why}", why=why) if why else None, {**self.runs[0][1], "why": why}
            )

    def _need_runs(self) -> None:
        """Evidence, not absence: what is said of every run is not shown by runs of which none came to an end."""
        if not self.runs:
            raise Finding(
                self.tolerated.verdict if self.tolerated else Verdict.FAIL,
                say("No run came to an end, so nothing is shown of what comes after."),
                self.tolerated.evidence if self.tolerated else {},
            )


def holds_on_nothing(f: Callable[[RunView], object]) -> bool:
    """Whether a condition is true of a run without any event or value: then it proves nothing by itself."""
    try:
        return bool(f(RunView(None, ())))
    except Exception:  # noqa: BLE001 - an instructor's lambda; any error means it does look at something
        return False


@dataclass(frozen=True)
class Explore:
    """`explore(name, *args, watch, expect, allow, leaves)`: until the scheduler decides, real runs under forced bad orders."""

    desk: Desk

    def __repr__(self) -> str:
        return "explore"

    def __call__(
        self,
        name: str,
        *args: Any,
        watch: str = "note start join",
        expect: str | None = None,
        allow: Iterable[str] = (),
        leaves: Iterable[str] | None = None,
    ) -> Exploration:
        def once(plan: str) -> Report:
            return called(self.desk, name, args, watch.split(), plan, again=False)

        return explored(self.desk, once, report_value, expect, allow, leaves)


def explored(
    desk: Desk,
    once: Callable[[str], Report],
    value: Callable[[Report], Any],
    expect: str | None,
    allow: Iterable[str],
    leaves: Iterable[str] | None,
) -> Exploration:
    """Runs every plan. A finding ends the test, unless its kind is allowed or expected."""
    allow = (allow,) if isinstance(allow, str) else tuple(allow)
    views: list[tuple[RunView, Mapping[str, Any]]] = []
    found: Finding | None = None
    tolerated: Finding | None = None
    for plan in PLANS:
        try:
            report = once(plan)
            raise_problems(report, desk.submit)
        except Finding as finding:
            finding.evidence |= {"real": True, "plan": plan}
            if expect and finding.verdict == expect and len(finding.evidence.get("cycle", [0, 0])) > 1:
                found = tolerated = finding
                break
            if finding.verdict in allow:
                tolerated = finding
                continue
            if not views:
                raise
            desk.pending.append(finding)  # what the forced order shows comes first: that is the same every time
            break
        evidence = {**report.evidence(), "real": True, "plan": plan, "events": timeline(report.events)}
        if leaves is not None:
            check_leaves(report, tuple(leaves), evidence)
        views.append((RunView(value(report), report.events), evidence))
    if expect and not found:
        raise Finding(
            Verdict.FAIL,
            say("This was meant to show a {kind}, and none happened.", kind=expect),
            views[0][1] if views else {"real": True},
        )
    return Exploration(desk, tuple(views), tolerated=tolerated)


def check_leaves(report: Report, allowed: tuple[str, ...], evidence: Mapping[str, Any]) -> None:
    """Fails when more was left running than the test allows."""
    running = [str(thread.get("name")) for thread in report.facts.get("threads", [])]
    running += ["a process"] * max(int(report.facts.get("processes", 0)), report.left)
    if len(running) > len(allowed):
        raise Finding(
            Verdict.FAIL,
            say("Still running when it should have ended: {what}.", what=", ".join(running)),
            {**evidence, "left": running},
        )


def timeline(events: Sequence[Event]) -> list[dict[str, Any]]:
    """Events as evidence of a real run: what does not depend on who was faster, so that equal behaviour reads the same every time.

    The main task's in its own order; then, under `others`, what all other tasks did, sorted: which of them did it is luck.
    """
    mine = [shown(event, event.task) for event in events if event.task == "main"]
    others = [shown(event, "others") for event in events if event.task != "main"]
    return mine[:100] + sorted(others, key=lambda one: json.dumps(one, sort_keys=True))[:100]


def shown(event: Event, task: str) -> dict[str, Any]:
    """One event as plain values."""
    about = event.about if isinstance(event.about, str | int | None) else repr(event.about)[:200]
    return {"task": task, "kind": event.kind, "about": about, "holds": sorted(event.holds)}


@dataclass
class Score:
    """`score.part("1.5")`: points earned so far in this test, exact; what counts when the test does not pass."""

    earned: Decimal | None = None

    def part(self, points: str | int | Decimal) -> None:
        self.earned = Decimal(points)
