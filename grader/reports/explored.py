"""What the scheduler found in one check, as its reader sees it: the sentence, the picture, how far was looked, and the schedule to take away.

Words and picture are those of `grader explore`. The record may come from a hostile run: what is not of the expected shape is not shown.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal

from markupsafe import Markup
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from grader.explore.shown import timeline
from grader.explore.stories import waits
from grader.explore.words import LABELS, advice, looked, sentence
from grader.judge.verdicts import MEANINGS, Verdict
from grader.language import say
from grader.reports.text import one_line
from grader.reports.timeline import coded, headlines, picture, remark, timeline_text
from grader.reports.timeline_svg import timeline_svg
from grader.reports.view import ExploredView, TimelineRow

if TYPE_CHECKING:
    from collections.abc import Iterator

    from grader.course.assignment import Assignment
    from grader.judge.records import CheckRecord, Json
    from grader.language import Language

TOLD = frozenset({Verdict.DEADLOCK, Verdict.RACE, Verdict.ERROR, Verdict.HANG, Verdict.TIMING})
MOST_LOOKED = 4  # explorations of one passed check that are told one by one
SCENARIOS = "scenarios.py"
Text = Annotated[str, Field(max_length=20_000)]


class Shape(BaseModel):
    """Known keys are of the right kind; others are ignored."""

    model_config = ConfigDict(strict=True, frozen=True, extra="ignore")


class Spot(Shape):
    file: Text
    line: int
    text: Text


class OneStep(Shape):
    task: int
    name: Text
    kind: Text
    about: Text
    place: Spot | None
    held: list[Text]
    thing: int | None
    early: bool


class Standing(Shape):
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


class Side(Shape):
    write: bool
    place: Spot


class Race(Shape):
    variable: Text
    first: Side
    second: Side


class Bound(Shape):
    mode: Literal["strict", "late"]
    preemptions: int | None
    sampled: int


class Looked(Shape):
    schedules: int
    exhausted: bool
    bound: Bound
    seed: int
    python: Text
    advice: list[Race]
    scaled: list[dict[str, Any]] = []
    call: Text = ""


class Order(Shape):
    schedule: Text
    time: Literal["strict", "late"]
    seed: int


class Found(Shape):
    """Evidence of an exploration that failed."""

    explored: Looked
    kind: Text
    label: Literal["happens", "language", "overrun"] | None = None
    schedule: Order | None = None
    steps: list[OneStep] = []
    earlier: int = 0
    tasks: list[Standing] = []
    cycle: list[dict[str, Any]] = []
    races: list[Race] = []
    exception: dict[str, Any] | None = None
    traceback: list[Spot] = []


def explored(
    record: CheckRecord, assignment: Assignment, scenarios: str, language: Language, ident: str
) -> ExploredView | None:
    """None where no exploration failed. `scenarios`: the public source; `ident` makes ids unique on a page."""
    if "explored" not in record.evidence or record.verdict is Verdict.PASS:
        return None
    try:
        found = Found.model_validate(dict(record.evidence))
        report = _report(found, record, _main(assignment))
    except (ValidationError, KeyError, TypeError, StopIteration):
        return None
    failure = report["failures"][0]
    drawn = timeline(failure, report) if found.steps else None
    shown = picture(drawn, language) if drawn else None
    schedule = _schedule(found, record, assignment, scenarios)
    as_text = json.dumps(schedule, ensure_ascii=True) if schedule else ""
    return ExploredView(
        told=tuple(_told(report, record.verdict, language)),
        label=LABELS[found.label].render(language) if found.label else "",
        svg=Markup(timeline_svg(drawn, language, ident)) if drawn and drawn.steps else Markup(""),  # noqa: S704 - of our template, which escapes
        rows=tuple(
            TimelineRow(
                row.number, shown.names[row.column], row.column % 5, row.what, coded(row), remark(row, language)
            )
            for row in shown.rows
        )
        if shown
        else (),
        below=(*headlines(shown, language), *shown.waits) if shown else (),
        text=timeline_text(drawn, language) if drawn and drawn.steps else "",
        looked=tuple(_looked(report, found.explored, language)),
        schedule=as_text,
        data="data:application/json;base64," + base64.b64encode(as_text.encode()).decode() if as_text else "",
        name=f"{one_line(record.test)}.json",
        command=f"grader replay {one_line(_main(assignment))} {one_line(record.test)}.json",
    )


def passed(record: CheckRecord, assignment: Assignment, language: Language) -> tuple[str, ...]:
    """How far each exploration of a check that passed looked."""
    looks = []
    given = record.evidence.get("looked")
    for each in given if record.verdict is Verdict.PASS and isinstance(given, list) else ():
        try:
            looks.append(Looked.model_validate(each))
        except ValidationError:
            continue
    told = []
    for look in looks[:MOST_LOOKED]:
        report = {**look.model_dump(), "verdict": "ok", "failures": [], "file": _main(assignment)}
        text = say("{call}: {looked}", call=one_line(look.call)[:200], looked=looked(report)).render(language)
        told.append(text)
    if len(looks) > MOST_LOOKED:
        n = sum(look.schedules for look in looks[MOST_LOOKED:])
        told.append(say("… and {m} more explorations with {n} schedules; none failed.", m=len(looks) - MOST_LOOKED, n=n).render(language))  # fmt: skip
    if looks:
        told.append(_seed(looks[0]).render(language))
    return tuple(told)


def _main(assignment: Assignment) -> str:
    return (assignment.submit.file or "").rpartition("/")[2]


def _seed(look: Looked) -> Any:
    return say("Seed {seed}, Python {python}", seed=look.seed, python=one_line(look.python)[:40])


def _report(found: Found, record: CheckRecord, main: str) -> dict[str, Any]:
    """As `grader explore` reports it. Raises KeyError, TypeError for a record that does not fit together."""
    known = {task.number for task in found.tasks}
    cycle = [link["number"] for link in found.cycle]
    if not known.issuperset(cycle):
        raise KeyError(cycle)
    error = None
    if found.exception:
        place = found.traceback[-1].model_dump() if found.traceback else None
        name, text = str(found.exception.get("name", "")), str(found.exception.get("message", ""))
        error = {"task": str(record.evidence.get("task", "main")), "type": name, "text": text, "place": place}
    failure = {
        "kind": found.kind, "label": found.label, "tasks": [task.model_dump() for task in found.tasks], "cycle": cycle,
        "steps": [step.model_dump() for step in found.steps], "earlier": found.earlier, "error": error,
    }  # fmt: skip
    return {
        "verdict": record.verdict.value, "file": main, "label": found.label, **found.explored.model_dump(),
        "races": [race.model_dump() for race in found.races], "failures": [failure],
    }  # fmt: skip


def _told(report: dict[str, Any], verdict: Verdict, language: Language) -> Iterator[str]:
    """The sentence where it says more than the verdict does, then who else waits."""
    failure = report["failures"][0]
    if verdict in TOLD:
        told = sentence(report)
        if told != MEANINGS[verdict].sentence:
            yield told.render(language)
    if failure["kind"] in ("deadlock", "hang"):
        for each in waits(failure, report["file"]):
            yield each.render(language)


def _looked(report: dict[str, Any], look: Looked, language: Language) -> Iterator[str]:
    is_end = report["failures"][0]["kind"] not in ("fail", "race")  # the search ended at it
    yield looked({**report, "failures": report["failures"] if is_end else []}).render(language)
    for cut in look.scaled:
        if {"line", "old", "new"} <= set(cut):
            yield say("Line {line}: {old} was cut down to {new} for this.", line=cut["line"], old=cut["old"], new=cut["new"]).render(language)  # fmt: skip
    for each in advice(report):
        yield say("Worth a look, no failure: {accesses}", accesses=each).render(language)
    yield _seed(look).render(language)


def _schedule(found: Found, record: CheckRecord, assignment: Assignment, scenarios: str) -> dict[str, Json] | None:
    """What `grader replay` takes: the order, and the public scenario that was run with what it was given."""
    if found.schedule is None or not found.schedule.schedule:
        return None
    asked = record.evidence.get("asked")
    asked = asked if isinstance(asked, Mapping) else {}
    is_call = asked.get("kind") == "explore call"
    made: dict[str, Json] = {
        **found.schedule.model_dump(), "file": _main(assignment), "python": found.explored.python, "verdict": record.verdict.value,
        "scenario": {"name": asked.get("name", "") if is_call else "", "args": asked.get("args", []), "source": scenarios if is_call else ""},
        "watch": asked.get("watch", []), "stdin": asked.get("stdin", ""), "prelude": assignment.prelude, "files": dict(assignment.files),
    }  # fmt: skip
    if "value" in record.evidence:
        made["value"] = record.evidence["value"]
    return made
