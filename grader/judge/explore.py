"""`explore` until the scheduler decides: real runs under forced orders, and what a test can say about all of them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from grader.judge.evidence import Finding
from grader.judge.findings import raise_problems
from grader.judge.verdicts import Verdict
from grader.language import say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from grader.judge.answer import Event, Report
    from grader.judge.desk import Desk

KINDS = ("note", "start", "join", "acquire", "release", "put", "get", "read", "write")
PLANS = ("hold", "turns")  # the forced order first: where both fail, the same one is always shown


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
