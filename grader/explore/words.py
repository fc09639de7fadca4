"""What an exploration came to, in words: one sentence, then who waits for what or which two accesses meet, then how far was looked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from grader.explore.stories import accesses, circle, ended, raced, stuck, waits
from grader.judge.verdicts import MEANINGS, Verdict
from grader.language import say
from grader.reports.text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from grader.language import Message

Json = dict[str, Any]
LABELS = {
    "happens": say("It happens on the Python it ran on."),
    "language": say("The language does not promise that this goes well; you will probably not see it on your laptop."),
    "overrun": say("It takes a sleep or a timeout that overruns."),
}
UNJUDGED = frozenset({"too_big", "needs_input", "needs_peer", "unsupported", "output"})


def sentence(report: Mapping[str, Any]) -> Message:
    """What was found, in one sentence."""
    verdict, main = report["verdict"], report["file"]
    failure: Json = next(iter(report.get("failures", ())), {})
    if verdict == "ok":
        if report["exhausted"]:
            return say("No schedule fails; all {n} that differ were run.", n=report["schedules"])
        return say("None of {n} schedules failed.", n=report["schedules"])
    told: Message | None = None
    if verdict == "race" and report["races"]:
        told = raced(report)
    elif failure.get("cycle"):
        told = circle(failure, main)
    elif failure.get("error") and verdict in ("error", "timing"):
        told = ended(failure, main)
    elif failure and verdict in ("deadlock", "hang", "timing"):
        told = stuck(failure, main)
    return told or MEANINGS[Verdict(verdict)].sentence


def details(report: Mapping[str, Any]) -> Iterator[Message]:
    """Everything else a person needs, a line each."""
    main = report["file"]
    for failure in report.get("failures", ()):
        if failure["kind"] in ("deadlock", "hang"):
            yield from waits(failure, main)
        elif report["verdict"] == "race" and failure["error"]:
            yield say("In the schedule below: {sentence}", sentence=ended(failure, main))
    told = {race["variable"] for race in report.get("races", ())[:1]}
    for race in report.get("races", ()):
        if race["variable"] not in told:
            told.add(race["variable"])
            yield accesses(race, main)
    if report.get("label"):
        yield LABELS[report["label"]]
    for each in advice(report):
        yield say("Worth a look, no failure: {accesses}", accesses=each)
    for cut in report.get("scaled", ()):
        yield say(
            "Line {line}: {old} was cut down to {new} for this.", line=cut["line"], old=cut["old"], new=cut["new"]
        )
    if report.get("unsupported"):
        yield say("Not controlled: {names}", names=one_line(", ".join(report["unsupported"])))
    if "bound" in report:
        yield looked(report)


def advice(report: Mapping[str, Any]) -> Iterator[Message]:
    """Accesses without order that are no failure."""
    for each in report.get("advice", ()):
        yield accesses(each, report["file"])


def looked(report: Mapping[str, Any]) -> Message:
    """How far was looked, and what that promises."""
    bound, n = report["bound"], report["schedules"]
    if report["failures"] and report["verdict"] in UNJUDGED:
        return say("The search ended here; {n} schedules were run.", n=n)
    if report["failures"] and n == 1:
        return say("The very first schedule fails, and the search ended there; there may be other failures.")
    if report["failures"]:
        return say("The search ended at this failure, after {n} schedules; there may be others.", n=n)
    if report["exhausted"]:
        if bound["mode"] == "late":
            return say(
                "Every schedule was looked at, also those in which sleeps and timeouts overrun: {n} that differ, for this input, with a switch possible wherever tasks share something.",
                n=n,
            )
        return say(
            "Every schedule was looked at in which sleeps and timeouts are exact: {n} that differ, for this input, with a switch possible wherever tasks share something.",
            n=n,
        )
    if bound["preemptions"] is not None:
        text: Json = {"n": n, "p": bound["preemptions"], "sampled": bound["sampled"]}
        if bound["mode"] == "late":
            return say(
                "{n} schedules were run: all in which at most {p} times a task is interrupted that could go on, also with sleeps and timeouts that overrun, and {sampled} drawn at random. Another one may still fail.",
                **text,
            )
        return say(
            "{n} schedules were run: all in which at most {p} times a task is interrupted that could go on, with exact sleeps and timeouts, and {sampled} drawn at random, half of them with overruns. Another one may still fail.",
            **text,
        )
    if bound["sampled"]:
        return say(
            "{n} schedules were run, {sampled} of them drawn at random, half of these with sleeps and timeouts that overrun. Another one may still fail.",
            n=n, sampled=bound["sampled"],
        )  # fmt: skip
    return say("{n} schedules were run.", n=n)


def place(found: Mapping[str, Any] | None) -> str:
    """`file:line  the line itself`."""
    if not found:
        return "?"
    return one_line(f"{found['file']}:{found['line']}  {found['text']}")
