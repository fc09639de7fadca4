"""`explore` where the scheduler decides: one request explores every schedule within the bounds; what came of it is read strictly."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from grader.judge.answer import read_event
from grader.judge.evidence import EVIDENCE_ITEMS, EVIDENCE_TEXT, Finding
from grader.judge.findings import limit_finding, load_finding
from grader.judge.verdicts import Verdict
from grader.language import say
from sandbox import protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from grader.judge.answer import Event
    from grader.judge.desk import Desk
    from grader.language import Message

SCENARIOS = "scenarios.py"
Text = Annotated[str, Field(max_length=20_000)]
Label = Literal["happens", "language", "overrun"]
Model = TypeVar("Model", bound="Strict")


class Strict(BaseModel):
    """What no honest child sends otherwise."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class Order(Strict):
    """A schedule, as `grader replay` takes it."""

    schedule: Annotated[str, Field(pattern=r"^(\d+x\d+( \d+x\d+)*)?$", max_length=200_000)]
    time: Literal["strict", "late"]
    seed: int


class Spot(Strict):
    """A line of the student's or the scenario's file."""

    file: Text
    line: int
    function: Text
    text: Text


class Error(Strict):
    """An exception nobody caught."""

    task: Text
    type: Text
    text: Text
    place: Spot | None
    trace: list[Spot]


class Waiting(Strict):
    """A task where a failing run stopped."""

    number: int
    name: Text
    daemon: bool
    kind: Text
    about: Text
    place: Spot | None
    holds: list[Text]
    waits_for: int | None
    missed: bool
    is_for_result: bool


class Failed(Strict):
    """One way to fail."""

    kind: Literal["deadlock", "error", "hang", "too_big", "needs_input", "needs_peer", "endless", "output"]
    label: Label | None
    error: Error | None
    tasks: list[Waiting]
    cycle: list[int]
    steps: list[dict[str, Any]]
    schedule: Order
    phase: Literal["scenario", "load", "absent", "running"]


class Access(Strict):
    """One side of a race."""

    task: int
    write: bool
    place: Spot


class Raced(Strict):
    """Two accesses that nothing orders."""

    variable: Text
    first: Access
    second: Access


class Advised(Raced):
    """One that changes nothing that matters."""

    kind: Text
    why: Text


class Bound(Strict):
    """How far was looked where it was not to the end."""

    mode: Literal["strict", "late"]
    preemptions: int | None
    sampled: int


class Came(Strict):
    """What some schedules came to; `exit`, `stdout` and `stderr` of a script."""

    value: Any
    events: list[Any]
    left: list[Text]
    seconds: Any
    early: bool
    schedule: Order
    exit: int = 0
    stdout: Text = ""
    stderr: Text = ""


class Flag(Strict):
    """A name through which a program could reach into the scheduler."""

    file: Text
    name: Text
    line: int


class Explored(Strict):
    """The answer to one explore."""

    verdict: Text
    label: Label | None
    schedules: int
    exhausted: bool
    bound: Bound
    seed: int
    python: Text
    failures: list[Failed]
    races: list[Raced]
    advice: list[Advised]
    scaled: list[dict[str, Any]]
    unsupported: list[Text]
    outcomes: list[Came]
    allowed: Failed | None
    picks: list[list[list[int]]]
    runs: int
    twin: bool | None


class Shown(Strict):
    """One outcome's shortest schedule with its steps, and what happens on this Python without any help."""

    steps: list[dict[str, Any]]
    schedule: Order
    outcomes: list[Came]


def ask(desk: Desk, request: Mapping[str, Any], call: str) -> Explored:
    """One exploration of a submission. Raises Finding where there is nothing to go on from, or signs that it is not what it says."""
    found = read(desk, request, call, Explored)
    if found.twin is False:  # only a pass is in doubt
        message = say("Faults that were planted in the program were not found in it either.")
        desk.pending.append(Finding(Verdict.REVIEW, message, {"call": call}))
    return found


def read(desk: Desk, request: Mapping[str, Any], call: str, kind: type[Model]) -> Model:
    """What the child reported, in the form that `kind` demands. Raises Finding: the file does not load, or this is no honest answer."""
    line = desk.line(request, call)
    try:
        if line.flags:
            raise flag_finding(Flag.model_validate(line.flags[0]), {"call": call})
        if not line.follows:
            message = say("The order of tasks is not the one the scheduler would have chosen.")
            raise Finding(Verdict.REVIEW, message, {"call": call})
        found = line.facts["explored"]
        if isinstance(found, dict) and set(found) == {"load"}:
            raise load_finding(checked_load(found["load"]), dict(line.shown), desk.submit)
        return kind.model_validate(found)
    except (KeyError, TypeError, ValidationError, protocol.ProtocolError) as error:
        message = say("The run sent something to the grader that no honest program sends.")
        raise Finding(Verdict.REVIEW, message, {"call": call, "protocol": str(error)[:200]}) from None


def checked_load(facts: Any) -> Mapping[str, Any]:
    """Why a file does not load."""
    raised = protocol.read_raised(facts["raised"])
    if not isinstance(facts["notices"], list) or facts["trace"] != []:
        raise protocol.ProtocolError("malformed load")
    return {"raised": {"name": raised.name, "bases": list(raised.bases), "message": raised.message, "line": raised.line},
            "notices": facts["notices"], "trace": []}  # fmt: skip


def looked(found: Explored) -> dict[str, Any]:
    """How far was looked."""
    return {
        "schedules": found.schedules, "exhausted": found.exhausted, "bound": found.bound.model_dump(), "seed": found.seed,
        "python": found.python, "advice": [advice.model_dump() for advice in found.advice], "scaled": found.scaled,
    }  # fmt: skip


def events_of(came: Came) -> tuple[Event, ...]:
    """Raises Finding for events that no honest child reports."""
    try:
        return tuple(read_event(event) for event in came.events)
    except protocol.ProtocolError as error:
        raise Finding(Verdict.REVIEW, evidence={"protocol": str(error)[:200]}) from None


def value_of(data: Any) -> Any:
    """A tagged value. Raises Finding."""
    try:
        return protocol.load_value(data)
    except protocol.ProtocolError as error:
        raise Finding(Verdict.REVIEW, evidence={"protocol": str(error)[:200]}) from None


def finding_of(failed: Failed, found: Explored, shown: Mapping[str, Any], submit: str) -> Finding:
    """The verdict that one failing schedule means."""
    verdict = Verdict.TIMING if failed.label == "overrun" else Verdict(failed.kind)
    evidence: dict[str, Any] = {
        **shown, "explored": looked(found), "label": failed.label, "kind": failed.kind, **ordered(failed.schedule, failed.steps),
        "tasks": [task.model_dump() for task in failed.tasks],
    }  # fmt: skip
    if failed.cycle:
        evidence["cycle"] = cycle(failed)
    if failed.error is None:
        return Finding(verdict, None, evidence)
    error = failed.error
    line = next((spot.line for spot in reversed(error.trace) if spot.file != SCENARIOS), 0)
    evidence |= {
        "exception": {"name": error.type, "message": error.text, "line": line},
        "traceback": [spot.model_dump() for spot in error.trace],
        **({"task": error.task} if error.task != "main" else {}),
    }
    raised = {"raised": {"name": error.type, "message": error.text, "line": line}}
    special = limit_finding(raised, evidence)
    if special is not None:
        return special
    message, own = told(failed, error, line, submit)
    return Finding(verdict if own is None or verdict is Verdict.TIMING else own, message, evidence)


def ordered(schedule: Order, steps: list[dict[str, Any]]) -> dict[str, Any]:
    """A schedule and its last steps as evidence, within what a record keeps; one that would be cut short is left out."""
    kept = {"schedule": schedule.model_dump()} if len(schedule.schedule) <= EVIDENCE_TEXT else {}
    return {**kept, "steps": steps[-EVIDENCE_ITEMS:], "earlier": max(0, len(steps) - EVIDENCE_ITEMS)}


def told(failed: Failed, error: Error, line: int, submit: str) -> tuple[Message, Verdict | None]:
    """An exception in words, and the verdict where it is not simply an error."""
    inside = bool(error.trace) and error.trace[-1].file == SCENARIOS
    if failed.phase == "absent":
        return say(
            "{file} has no {name}.", file=submit, name=error.text.rpartition("no ")[2].strip("'")
        ), Verdict.MISSING
    if failed.phase == "scenario":
        return say("The exercise's own scenario failed before your code ran."), Verdict.INFRA
    if inside:
        text = say("What your code returned could not be used: {name}: {text}", name=error.type, text=error.text[:300])
        return text, Verdict.FAIL
    if failed.phase == "load":
        return say(
            "{file} ends in {name} while it is being loaded, line {line}.", file=submit, name=error.type, line=line
        ), None
    if error.type == "SystemExit":
        return say("The program ends with exit code {code}.", code=error.text), None
    where = "main" if error.task == "main" else error.task
    return say(
        "{task} ended in {name} at line {line}: {text}", task=where, name=error.type, line=line, text=error.text[:300]
    ), None


def cycle(failed: Failed) -> list[dict[str, Any]]:
    """The circle as reports draw it: who waits for what, who holds it, where."""
    by_number = {task.number: task for task in failed.tasks}
    found = []
    for number in failed.cycle:
        task = by_number.get(number)
        if task is None:
            continue
        owner = by_number.get(task.waits_for) if task.waits_for is not None else None
        found.append({
            "number": number, "task": task.name, "waits_for": task.about, "held_by": owner.name if owner else "",
            "line": task.place.model_dump() if task.place else None, "holds": task.holds,
        })  # fmt: skip
    return found


def race_finding(found: Explored, shown: Mapping[str, Any], seen: Shown | None = None) -> Finding:
    """Two accesses without order, where no schedule of those tried failed by itself; `seen`: one that shows them."""
    race = found.races[0]
    evidence = {
        **shown,
        "explored": looked(found),
        "label": found.label,
        "kind": "race",
        "races": [each.model_dump() for each in found.races],
        **(ordered(seen.schedule, seen.steps) if seen else {}),
    }
    return Finding(
        Verdict.RACE,
        say(
            "Nothing orders line {first} and line {second}, which both use {name}.",
            first=race.first.place.line, second=race.second.place.line, name=race.variable,
        ),
        evidence,
    )  # fmt: skip


def flag_finding(flag: Flag, shown: Mapping[str, Any]) -> Finding:
    """Names that no homework needs and that lead into what watches it."""
    message = say(
        "{file}, line {line}: {name} reaches into the interpreter; a person looks at it.",
        file=flag.file,
        line=flag.line,
        name=flag.name,
    )
    return Finding(Verdict.REVIEW, message, {**shown, "flag": flag.model_dump()})
