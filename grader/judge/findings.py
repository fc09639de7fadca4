"""From what one run did to a verdict: load errors, exceptions in any task, deadlocks, limits."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from grader.containers.session import Ending
from grader.judge.answer import ENDINGS, Report
from grader.judge.evidence import TEXT_SHOWN, Finding
from grader.judge.verdicts import Verdict
from grader.language import say
from sandbox import protocol

if TYPE_CHECKING:
    from collections.abc import Mapping


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
