"""What an exploration came to, in words: one sentence, then who waits for what or which two accesses meet, then how far was looked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from grader.judge.verdicts import MEANINGS, Verdict
from grader.language import say
from grader.reports.text import one_line
from grader.reports.timeline import Link, Step, Timeline

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from grader.language import Message

Json = dict[str, Any]
LABELS = {
    "happens": say("It happens on the Python it ran on."),
    "language": say("The language does not promise that this goes well; you will probably not see it on your laptop."),
    "overrun": say("It takes a sleep or a timeout that overruns."),
}


def sentence(report: Mapping[str, Any]) -> Message:
    """What was found, in one sentence."""
    verdict = report["verdict"]
    failure: Json = next(iter(report.get("failures", ())), {})
    if verdict == "ok":
        if report["exhausted"]:
            return say("No schedule fails; all {n} that differ were run.", n=report["schedules"])
        return say("None of {n} schedules failed.", n=report["schedules"])
    if failure.get("cycle"):
        return say("Tasks wait for each other in a circle: {cycle}.", cycle=" → ".join(_circle(failure)))
    error = failure.get("error")
    if error and verdict in ("error", "timing"):
        return say(
            "{task} ended with {type}: {text} ({where})",
            task=one_line(error["task"]),
            type=one_line(error["type"]),
            text=one_line(error["text"]) or "-",
            where=place(error["place"]),
        )
    if verdict == "race" and report["races"]:
        race = report["races"][0]
        return say(
            "Two tasks use {variable} without any order between them: {first} and {second}.",
            variable=one_line(race["variable"]),
            first=place(race["first"]["place"]),
            second=place(race["second"]["place"]),
        )
    stuck = [task for task in failure.get("tasks", ()) if not task["daemon"]]
    if stuck and verdict in ("deadlock", "hang", "timing"):
        task = stuck[0]
        return say(
            "{task} waits for ever: {what} ({where})",
            task=one_line(task["name"]),
            what=one_line(f"{task['kind']} {task['about']}".strip()),
            where=place(task["place"]),
        )
    return MEANINGS[Verdict(verdict)].sentence


def _circle(failure: Json) -> Iterator[str]:
    by_number = {task["number"]: task for task in failure["tasks"]}
    for number in [*failure["cycle"], failure["cycle"][0]]:
        yield one_line(by_number[number]["name"])


def details(report: Mapping[str, Any]) -> Iterator[Message]:
    """Everything else a person needs, a line each."""
    for failure in report.get("failures", ()):
        for task in failure["tasks"]:
            yield say(
                "  {task}: {what} at {where}; holds {holds}",
                task=one_line(task["name"]),
                what=one_line(f"{task['kind']} {task['about']}".strip()),
                where=place(task["place"]),
                holds=one_line(", ".join(task["holds"])) or "-",
            )
    for race in report.get("races", ()):
        yield say(
            "  {variable}: {first} and {second}",
            variable=one_line(race["variable"]),
            first=place(race["first"]["place"]),
            second=place(race["second"]["place"]),
        )
    if report.get("label"):
        yield LABELS[report["label"]]
    for advice in report.get("advice", ()):
        yield say(
            "Worth a look, no failure: {variable}, {first} and {second}",
            variable=one_line(advice["variable"]),
            first=place(advice["first"]["place"]),
            second=place(advice["second"]["place"]),
        )
    for cut in report.get("scaled", ()):
        yield say(
            "Line {line}: {old} was cut down to {new} for this.", line=cut["line"], old=cut["old"], new=cut["new"]
        )
    if report.get("unsupported"):
        yield say("Not controlled: {names}", names=one_line(", ".join(report["unsupported"])))
    if "bound" in report:
        yield looked(report)


def timeline(failure: Mapping[str, Any]) -> Timeline:
    """The failing run, for `grader.reports.timeline`."""
    steps = failure["steps"]
    names: dict[int, str] = {step["task"]: step["name"] for step in steps}
    names |= {task["number"]: task["name"] for task in failure["tasks"]}
    order = {number: at for at, number in enumerate(sorted(names))}
    drawn = [
        Step(
            order[step["task"]],
            step["kind"],
            step["about"],
            _short(step["place"]),
            step["place"]["text"] if step["place"] else "",
            tuple(step["held"]),
        )
        for step in steps
    ]
    drawn += [
        Step(
            order[task["number"]],
            task["kind"],
            task["about"],
            _short(task["place"]),
            task["place"]["text"] if task["place"] else "",
            tuple(task["holds"]),
            "stuck",
        )
        for task in failure["tasks"]
        if task["place"] and failure["kind"] in ("deadlock", "hang")
    ]
    stuck = {task["number"]: task for task in failure["tasks"]}
    links = tuple(
        Link(order[number], stuck[number]["about"], order.get(stuck[number]["waits_for"]))
        for number in failure["cycle"]
    )
    return Timeline(tuple(names[number] for number in sorted(names)), tuple(drawn), links)


def _short(found: Mapping[str, Any] | None) -> str:
    return f"{found['file']}:{found['line']}" if found else ""


def looked(report: Mapping[str, Any]) -> Message:
    """How far was looked."""
    bound = report["bound"]
    if report["exhausted"]:
        return say("{n} schedules, and there are no others.", n=report["schedules"])
    if bound["preemptions"] is not None:
        return say(
            "{n} schedules: all with at most {p} preemptions, {sampled} drawn.",
            n=report["schedules"],
            p=bound["preemptions"],
            sampled=bound["sampled"],
        )
    return say("{n} schedules, {sampled} of them drawn.", n=report["schedules"], sampled=bound["sampled"])


def place(found: Mapping[str, Any] | None) -> str:
    """`file:line  the line itself`."""
    if not found:
        return "?"
    return one_line(f"{found['file']}:{found['line']}  {found['text']}")
