"""`explore` and `replay`: a file of one's own under the scheduler."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from grader.containers import choose
from grader.errors import CourseError, Place, UsageError
from grader.explore.ask import ask, folder_of
from grader.explore.words import details, place, sentence, timeline
from grader.language import say
from grader.reports.text import one_line
from grader.reports.timeline import timeline_text

if TYPE_CHECKING:
    from pathlib import Path

    from grader.verbs.context import Context

ORDER = re.compile(r"\d+x\d+( \d+x\d+)*")
NOTHING = {
    "schedules": 0,
    "exhausted": False,
    "failures": [],
    "races": [],
    "advice": [],
    "scaled": [],
    "unsupported": [],
    "label": None,
}


def explore(
    c: Context,
    file: Path,
    *,
    scenario: str | None,
    seed: int,
    schedules: int,
    stdin: Path | None,
    sandbox: str,
    here: bool,
) -> int:
    """Explores one file; 0 when nothing was found, 1 when something was."""
    files, request = _request(file, "explore", scenario, stdin, seed)
    request["schedules"] = schedules
    found = ask(files, request, None if here else choose(sandbox))
    _raise_compile_error(found)
    bound = {"mode": "strict", "preemptions": None, "sampled": 0}
    report = {
        "schema": 1, "file": file.name, "verdict": found["verdict"],
        **NOTHING, "bound": bound, "seed": seed, "python": "", **found,
    }  # fmt: skip
    report["message"] = sentence(report).both()
    for failure in report["failures"]:
        failure["schedule"] |= {"file": file.name, "python": report["python"]}
        failure["message"] = sentence({**report, "verdict": failure["kind"], "failures": [failure]}).both()
    if c.screen.is_json:
        c.screen.json(report)
    else:
        c.screen.text(f"{report['verdict']}: {sentence(report).render(c.screen.language)}")
        for line in details(report):
            c.screen.say(line)
        for failure in report["failures"]:
            if failure["steps"]:
                c.screen.text(timeline_text(timeline(failure), c.screen.language))
            c.screen.say(
                say("To see it again, save this as schedule.json: grader replay {file} schedule.json", file=file.name)
            )
            c.screen.text(json.dumps(failure["schedule"], ensure_ascii=False))
    return 0 if report["verdict"] == "ok" else 1


def replay(
    c: Context, file: Path, schedule: Path, *, scenario: str | None, stdin: Path | None, sandbox: str, here: bool
) -> int:
    """The recorded order once more: every step; 1 when it still fails, 0 when it no longer does."""
    try:
        order = json.loads(schedule.read_text(encoding="utf-8"))
        if not ORDER.fullmatch(order["schedule"]) or order["time"] not in ("strict", "late"):
            raise ValueError(order["schedule"])
        order = {name: order[name] for name in ("schedule", "time", "seed")} | {"seed": int(order["seed"])}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UsageError(say("{path} is no schedule: {why}", path=schedule, why=str(error))) from None
    files, request = _request(file, "replay", scenario, stdin, order["seed"])
    request["schedule"] = order
    found = ask(files, request, None if here else choose(sandbox))
    _raise_compile_error(found)
    if c.screen.is_json:
        c.screen.json({"schema": 1, "file": file.name, **found})
    else:
        for number, step in enumerate(found.get("steps", ()), 1):
            what = one_line(f"{step['name']:16} {step['kind']} {step['about']}").rstrip()
            c.screen.text(f"{number:4} {what}" + (f"   {place(step['place'])}" if step["place"] else ""))
        failure = found.get("failure")
        if failure:
            c.screen.say(sentence({"verdict": failure["kind"], "failures": [failure], "races": []}))
        else:
            c.screen.say(say("It no longer fails under this schedule."))
    return 1 if found.get("failure") or found.get("verdict") else 0


def _request(
    file: Path, kind: str, scenario: str | None, stdin: Path | None, seed: int
) -> tuple[dict[str, bytes], dict[str, Any]]:
    """The files to hand over, and what is asked. Raises UsageError."""
    files = folder_of(file)
    if stdin is not None and not stdin.is_file():
        raise UsageError(say("There is no file {path}.", path=stdin))
    request: dict[str, Any] = {
        "kind": kind, "main": file.name, "scenario": None, "seed": seed,
        "stdin": stdin.read_bytes().decode("utf-8", "replace") if stdin else "",
    }  # fmt: skip
    if scenario is not None:
        path, colon, name = scenario.rpartition(":")
        if not colon or not name.isidentifier():
            raise UsageError(say("`{text}` names no scenario.", text=scenario), remedy=say("Write it FILE:NAME."))
        if not (file.parent / path).is_file():
            raise UsageError(
                say("There is no file {path}.", path=path), remedy=say("It must lie beside {file}.", file=file.name)
            )
        files[path] = (file.parent / path).read_bytes()
        request["scenario"] = [path, name]
    return files, request


def _raise_compile_error(found: dict[str, Any]) -> None:
    if "error" in found and "verdict" not in found:
        error = found["error"]
        raise CourseError(
            say("{type}: {text}", type=error["type"], text=error["text"]), place=Place(error["file"], error["line"])
        )
