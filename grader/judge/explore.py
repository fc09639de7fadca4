"""`explore`: every schedule the scheduler finds, or real runs under forced orders, and what a test can say about all of them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from grader.judge.evidence import Finding
from grader.judge.explored import Shown, ask, events_of, finding_of, looked, ordered, race_finding, read, value_of
from grader.judge.findings import raise_problems
from grader.judge.verdicts import Verdict
from grader.language import say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from grader.judge.answer import Event, Report
    from grader.judge.desk import Desk
    from grader.judge.explored import Came, Explored

MOST_EVENTS = 200  # of one run, as evidence
MOST_VALUE = 2000  # characters of what it returned
KINDS = ("note", "start", "join", "acquire", "release", "put", "get", "read", "write")
PLANS = ("hold", "turns")  # the forced order first: where both fail, the same one is always shown


@dataclass(frozen=True)
class RunView:
    """One run of an exploration as a test sees it. `seconds` are virtual, None in a real run."""

    value: Any
    seen: tuple[Event, ...]
    seconds: float | None = None

    def events(self, kinds: str) -> list[Event]:
        """The run's events of these kinds (separated by spaces), in order."""
        wanted = kinds.split()
        unknown = [kind for kind in wanted if kind not in KINDS]
        if unknown:
            raise ValueError(f"no such kind of event: {unknown[0]!r}; there are {', '.join(KINDS)}")
        return [event for event in self.seen if event.kind in wanted]


@dataclass(frozen=True)
class Seen:
    """A run with its evidence; under the scheduler all runs that came to the same, and `schedule`, the first that did."""

    run: RunView
    evidence: Mapping[str, Any]
    schedule: Mapping[str, Any] | None = None
    early: bool = False  # a sleep or timeout was overrun


@dataclass(frozen=True)
class Exploration:
    """What `explore` returns. `clock` is "virtual" under the scheduler, "real" where real runs had to decide."""

    desk: Desk
    runs: tuple[Seen, ...]
    demo_at: int = -1  # which of them is the run without any forced order
    clock: str = "real"
    schedules: int | None = None
    exhausted: bool = False
    bound: Mapping[str, Any] | None = None
    tolerated: Finding | None = None  # the last run that ended in an allowed, or the expected, way
    show: Callable[[Mapping[str, Any]], Shown] | None = (
        None  # the steps of a schedule, and what needs no help to happen
    )
    view: Callable[[Any], RunView] | None = None  # of one of its outcomes

    def __repr__(self) -> str:
        return f"<{len(self.runs)} runs>"

    @property
    def demo(self) -> RunView:
        """The run without any forced order; its time is strict."""
        self._need_runs()
        if self.desk.pending:
            raise self.desk.pending[-1]
        return self.runs[self.demo_at].run

    def always(self, f: Callable[[RunView], object], why: str = "") -> None:
        """Fails unless `f(run)` is true in every run; the first counter-example is the evidence."""
        if self.desk.is_check and holds_on_nothing(f):
            self.desk.warnings.append(why or "an `always` that also holds for a run in which nothing happens")
        self._need_runs()
        for seen in self.runs:
            if f(seen.run):
                continue
            label, evidence = self._label(f, seen)
            if label not in self.desk.costless:
                verdict = Verdict.TIMING if label == "overrun" else Verdict.FAIL
                message = say("Not so in every run: {why}", why=why) if why else None
                raise Finding(verdict, message, {**evidence, "why": why})

    def _label(self, f: Callable[[RunView], object], seen: Seen) -> tuple[str | None, Mapping[str, Any]]:
        """What a counter-example takes to happen, and its steps in the shortest schedule."""
        if self.show is None or self.view is None or seen.schedule is None:
            return None, seen.evidence
        if seen.early and "overrun" in self.desk.costless:
            return "overrun", seen.evidence
        shown = self.show(seen.schedule)
        happens = any(not f(self.view(came)) for came in shown.outcomes)
        label = "overrun" if seen.early else "happens" if happens else "language"
        kept = {key: value for key, value in seen.evidence.items() if key != "schedule"}
        return label, {**kept, "label": label, "kind": "fail", **ordered(shown.schedule, shown.steps)}

    def ever(self, f: Callable[[RunView], object], why: str = "") -> None:
        """Fails unless `f(run)` is true in some run."""
        self._need_runs()
        if not any(f(seen.run) for seen in self.runs):
            raise Finding(
                Verdict.FAIL,
                say("Not so in any run: {why}", why=why) if why else None,
                {**self.runs[0].evidence, "why": why},
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
class Asked:
    """One `explore` of a test: the request to the scheduler, the real run that stands in for it, and how its results are read."""

    request: Mapping[str, Any]
    call: str
    real: Callable[[str], Report]  # under a plan
    real_value: Callable[[Report], Any]
    value: Callable[[Came, tuple[Event, ...]], Any]


def explore(
    desk: Desk, asked: Asked, expect: str | None, allow: Iterable[str], leaves: Iterable[str] | None
) -> Exploration:
    """Every schedule within the bounds; real runs where something was met that the scheduler does not control.

    A finding ends the test, unless its kind is allowed or expected.
    """
    allow = (allow,) if isinstance(allow, str) else tuple(allow)
    request = {**asked.request, "allow": sorted(allow), "expect": expect or ""}
    found = ask(desk, request, asked.call)
    if found.unsupported:
        exploration = real(desk, asked, expect, allow, leaves)
        if (
            not desk.real_decides
        ):  # else a fault could be hidden from the scheduler by using anything that it does not control
            what = ", ".join(found.unsupported)
            message = say("Real runs went well, but the scheduler could not look: {what}.", what=what)
            desk.pending.append(
                Finding(Verdict.UNSUPPORTED, message, {"call": asked.call, "unsupported": found.unsupported})
            )
        return exploration
    shown = {"call": asked.call, "asked": {key: request[key] for key in ("kind", "name", "args", "stdin", "watch")}}
    desk.looked.append({"call": asked.call, **looked(found)})
    tolerated = finding_of(found.allowed, found, shown, desk.submit) if found.allowed else None
    if expect and tolerated and tolerated.verdict == expect and found.allowed and len(found.allowed.cycle) > 1:
        return _exploration(desk, asked, request, found, leaves, tolerated, shown)
    if found.failures:
        raise finding_of(found.failures[0], found, shown, desk.submit)
    if found.races and "race" not in allow and found.label not in desk.costless:
        came, steps = telling(desk, asked, request, found)
        raise race_finding(found, shown | (came_to(came) if came else {}), steps)
    if expect:
        raise Finding(
            Verdict.FAIL,
            say("This was meant to show a {kind}, and none happened.", kind=expect),
            {**shown, "explored": looked(found)},
        )
    return _exploration(desk, asked, request, found, leaves, tolerated, shown)


def telling(desk: Desk, asked: Asked, request: Mapping[str, Any], found: Explored) -> tuple[Came | None, Shown | None]:
    """A run in which a race shows: the first that came to another value than the run without preemption, where there is one."""
    if not found.outcomes:
        return None, None
    first = found.outcomes[0]
    others = [came for came in found.outcomes if came.value != first.value] or list(found.outcomes[1:]) or [first]
    chosen = min(others, key=lambda came: came.early)
    return chosen, read(desk, {**request, "show": chosen.schedule.model_dump()}, asked.call, Shown)


def came_to(came: Came) -> dict[str, Any]:
    """What a run returned, tagged: by it a replay elsewhere sees that it is the same run."""
    return {"value": came.value} if len(json.dumps(came.value)) <= MOST_VALUE else {}


def _exploration(
    desk: Desk,
    asked: Asked,
    request: Mapping[str, Any],
    found: Explored,
    leaves: Iterable[str] | None,
    tolerated: Finding | None,
    about: Mapping[str, Any],
) -> Exploration:
    def view(came: Came) -> RunView:
        events = events_of(came)
        return RunView(asked.value(came, events), events, value_of(came.seconds))

    def show(schedule: Mapping[str, Any]) -> Shown:
        return read(desk, {**request, "show": dict(schedule)}, asked.call, Shown)

    runs = []
    for came in found.outcomes:
        run = view(came)
        evidence = {
            **about, **came_to(came), "explored": looked(found), "schedule": came.schedule.model_dump(),
            "events": [shown(event, event.task) for event in run.seen][:MOST_EVENTS],
        }  # fmt: skip
        if leaves is not None and not (came.early and "overrun" in desk.costless):
            fail_if_left(came.left, tuple(leaves), evidence)
        runs.append(Seen(run, evidence, came.schedule.model_dump(), came.early))
    in_order = sorted(runs, key=lambda seen: seen.early)  # what needs no overrun comes first
    return Exploration(
        desk,
        tuple(in_order),
        0,
        "virtual",
        found.schedules,
        found.exhausted,
        found.bound.model_dump(),
        tolerated,
        show,
        view,
    )


def real(
    desk: Desk, asked: Asked, expect: str | None, allow: tuple[str, ...], leaves: Iterable[str] | None
) -> Exploration:
    """Runs every plan. A finding ends the test, unless its kind is allowed or expected."""
    views: list[Seen] = []
    found: Finding | None = None
    tolerated: Finding | None = None
    for plan in PLANS:
        try:
            report = asked.real(plan)
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
        views.append(Seen(RunView(asked.real_value(report), report.events), evidence))
    if expect and not found:
        raise Finding(
            Verdict.FAIL,
            say("This was meant to show a {kind}, and none happened.", kind=expect),
            views[0].evidence if views else {"real": True},
        )
    return Exploration(desk, tuple(views), tolerated=tolerated)


def check_leaves(report: Report, allowed: tuple[str, ...], evidence: Mapping[str, Any]) -> None:
    """Fails when more was left running than the test allows."""
    running = [str(thread.get("name")) for thread in report.facts.get("threads", [])]
    running += ["a process"] * max(int(report.facts.get("processes", 0)), report.left)
    fail_if_left(running, allowed, evidence)


def fail_if_left(running: Sequence[str], allowed: tuple[str, ...], evidence: Mapping[str, Any]) -> None:
    """As `check_leaves`, by the names of what runs."""
    if len(running) > len(allowed):
        raise Finding(
            Verdict.FAIL,
            say("Still running when it should have ended: {what}.", what=", ".join(running)),
            {**evidence, "left": list(running)},
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
