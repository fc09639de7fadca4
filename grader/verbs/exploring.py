"""`explore` and `replay`: a file of one's own under the scheduler."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from grader.containers import choose
from grader.errors import CourseError, Place, SandboxError, UsageError
from grader.explore.ask import ask, folder_of
from grader.explore.given import read_given
from grader.explore.page import explored_html
from grader.explore.shown import timeline
from grader.explore.words import details, place, sentence
from grader.language import say
from grader.reports.text import one_line
from grader.reports.timeline import timeline_text
from sandbox import protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grader.containers.session import Backend
    from grader.explore.given import Given
    from grader.language import Message
    from grader.verbs.context import Context

ORDER = re.compile(r"[0-9]{1,6}x[0-9]{1,9}( [0-9]{1,6}x[0-9]{1,9})*")
MOST_BYTES, MOST_STEPS = 2**22, 10**6  # of a schedule
MOST_SEED = 2**63
MOST_VALUE = 300  # characters
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
    page: Path | None = None,
    args: Sequence[str] = (),
) -> int:
    """Explores one file; 0 when nothing was found, 1 when something was."""
    files, request = _request(file, "explore", scenario, stdin, seed, args)
    request["schedules"] = schedules
    found = ask(files, request, _backend(sandbox, here=here))
    _raise_compile_error(found, file.name)
    bound = {"mode": "strict", "preemptions": None, "sampled": 0}
    report = {
        "schema": 1, "file": file.name, "verdict": found["verdict"],
        **NOTHING, "bound": bound, "seed": seed, "python": None, **found,
    }  # fmt: skip
    report["message"] = sentence(report).both()
    for failure in report["failures"]:
        failure["schedule"] |= {"file": file.name, "python": report["python"]}
        failure["message"] = sentence({**report, "verdict": failure["kind"], "failures": [failure]}).both()
    if page is not None:
        _write(page, explored_html(report, c.screen.language))
    if c.screen.is_json:
        c.screen.json(report)
    else:
        c.screen.text(f"{report['verdict']}: {sentence(report).render(c.screen.language)}")
        told = report if report["python"] else {name: value for name, value in report.items() if name != "bound"}
        for line in details(told):  # a program that ended its process did not say how far it came
            c.screen.say(line)
        for failure in report["failures"]:
            if failure["steps"]:
                c.screen.text(timeline_text(timeline(failure, report), c.screen.language))
            c.screen.say(
                say("To see it again, save this as schedule.json: grader replay {file} schedule.json", file=file.name)
            )
            c.screen.text(json.dumps(failure["schedule"], ensure_ascii=False))
    return 0 if report["verdict"] == "ok" else 1


def replay(
    c: Context,
    file: Path,
    schedule: Path,
    *,
    scenario: str | None,
    stdin: Path | None,
    sandbox: str,
    here: bool,
    page: Path | None = None,
) -> int:
    """The recorded order once more: every step; 1 when it still fails, 0 when it no longer does."""
    order = read_schedule(schedule)
    given = _given(schedule)
    files, request = _request(file, "replay", scenario, stdin, order["seed"])
    if given and scenario is None:
        given.ask(files, request)
    request["schedule"] = order
    found = ask(files, request, _backend(sandbox, here=here))
    _raise_compile_error(found, file.name)
    failure = found.get("failure")
    report = {
        "schema": 1, "file": file.name, "verdict": failure["kind"] if failure else "ok",
        "stop": None, "diverged": None, "failure": None, "steps": [], **found,
    }  # fmt: skip
    is_same = bool(given and _is_same(report, given))
    message = _same(report) if is_same else _replayed(report)
    if is_same and given:
        report["verdict"] = given.verdict
    report["message"] = message.both()
    if failure:
        failure["schedule"] |= {"file": file.name}
        failure["message"] = message.both()
    if page is not None:
        if is_same:
            failure = {"kind": "fail", "label": None, "tasks": [], "cycle": [], "error": None, "schedule": order}
        told = {
            "races": [],
            "seed": order["seed"],
            **report,
            "failures": [{**failure, "steps": report["steps"]}] if failure else [],
        }
        _write(page, explored_html(told, c.screen.language, message))
    if c.screen.is_json:
        c.screen.json(report)
    else:
        for number, step in enumerate(report["steps"], 1):
            what = one_line(f"{step['name']:16} {step['kind']} {step['about']}").rstrip()
            c.screen.text(f"{number:4} {what}" + (f"   {place(step['place'])}" if step["place"] else ""))
        if report["diverged"] is not None:
            c.screen.say(
                say(
                    "This is not the program that was recorded: from step {n} on it does something else, and the order is followed as far as it can be.",
                    n=report["diverged"],
                )
            )
        c.screen.say(message)
    return 0 if report["verdict"] == "ok" else 1


def _write(page: Path, text: str) -> None:
    try:
        page.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise UsageError(say("{path} cannot be written: {why}", path=page, why=error.strerror or "")) from None


def _is_same(report: dict[str, Any], given: Given) -> bool:
    """Whether it is the recorded run once more, where what is wrong with it is a race or what it returned."""
    is_run = report["verdict"] == "ok" and report["diverged"] is None and given.verdict in ("race", "fail", "timing")
    return is_run and (not given.has_value or report.get("value") == given.value)


def _same(report: dict[str, Any]) -> Message:
    try:
        value = one_line(repr(protocol.load_value(report.get("value"))))[:MOST_VALUE]
    except protocol.ProtocolError:
        value = "?"
    return say(
        "This is the recorded run once more, step by step; it returned {value}. Your report says what is wrong with it.",
        value=value,
    )


def _replayed(report: dict[str, Any]) -> Message:
    """What one recorded order came to, in one sentence."""
    if report["verdict"] != "ok":
        failures = [{**report["failure"], "steps": report["steps"]}] if report["failure"] else []
        return sentence({"failures": failures, "races": [], **report})
    if report["diverged"] is not None:
        return say("It does not fail in this order; `grader explore` looks at the others.")
    return say("It no longer fails under this schedule.")


def _given(path: Path) -> Given | None:
    """The scenario in a file that a report handed over. Raises UsageError."""
    wrong = UsageError(say("{path} is no scenario.", path=path), remedy=say("Download it again from your report."))
    try:
        return read_given(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        raise wrong from None


def read_schedule(path: Path) -> dict[str, Any]:
    """What `explore` printed under `schedule`. Raises UsageError for anything else, however odd."""
    remedy = say("Save what stands under `schedule` of a failure, as `grader explore --json` prints it.")
    try:
        data = path.read_bytes()
    except OSError:
        raise UsageError(say("There is no file {path}.", path=path), remedy=remedy) from None
    try:
        order = json.loads(data[: MOST_BYTES + 1]) if len(data) <= MOST_BYTES else None
    except (ValueError, RecursionError):
        raise UsageError(say("{path} is no JSON.", path=path), remedy=remedy) from None
    wrong = UsageError(say("{path} is no schedule.", path=path), remedy=remedy)
    if not isinstance(order, dict):
        raise wrong
    steps, mode, seed = order.get("schedule"), order.get("time"), order.get("seed")
    if not isinstance(steps, str) or not ORDER.fullmatch(steps) or mode not in ("strict", "late"):
        raise wrong
    if type(seed) is not int or abs(seed) > MOST_SEED:
        raise wrong
    if sum(int(segment.partition("x")[2]) for segment in steps.split(" ")) > MOST_STEPS:
        raise UsageError(say("{path} has more steps than any run makes.", path=path), remedy=remedy)
    return {"schedule": steps, "time": mode, "seed": seed}


def _backend(sandbox: str, *, here: bool) -> Backend | None:
    """The sandbox asked for, None for this process. Raises SandboxError, which says how to go without one."""
    if here:
        return None
    try:
        return choose(sandbox)
    except ImportError:
        raise SandboxError(
            say("No sandbox is installed on this machine."), remedy=say("Run a file of your own with --no-sandbox.")
        ) from None


def _request(
    file: Path, kind: str, scenario: str | None, stdin: Path | None, seed: int, args: Sequence[str] = ()
) -> tuple[dict[str, bytes], dict[str, Any]]:
    """The files to hand over, and what is asked. Raises UsageError."""
    files = folder_of(file)
    if stdin is not None and not stdin.is_file():
        raise UsageError(say("There is no file {path}.", path=stdin))
    request: dict[str, Any] = {
        "kind": kind, "main": file.name, "scenario": None, "seed": seed,
        "stdin": stdin.read_bytes().decode("utf-8", "replace") if stdin else "",
    }  # fmt: skip
    request["args"] = [_argument(text) for text in args]
    if scenario is not None and scenario.endswith(".json"):
        if (given := _given(Path(scenario))) is not None:
            given.ask(files, request)
    elif scenario is not None:
        path, colon, name = scenario.rpartition(":")
        if not colon or not name.isidentifier():
            raise UsageError(say("`{text}` names no scenario.", text=scenario), remedy=say("Write it FILE:NAME."))
        if Path(path).is_absolute() or ".." in Path(path).parts or not (file.parent / path).is_file():
            raise UsageError(
                say("There is no file {path}.", path=path), remedy=say("It must lie beside {file}.", file=file.name)
            )
        files[path] = (file.parent / path).read_bytes()
        request["scenario"] = [path, name]
    return files, request


def _argument(text: str) -> Any:
    """An argument of a scenario as a Python literal, tagged. Raises UsageError."""
    try:
        return protocol.dump_value(ast.literal_eval(text))
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        raise UsageError(
            say("`{text}` is no plain Python value.", text=one_line(text)),
            remedy=say("Write it as in a program: 3, 'text' or ('add', 1)."),
        ) from None


def _raise_compile_error(found: dict[str, Any], main: str) -> None:
    if "error" in found and "verdict" not in found:
        error = found["error"]
        if error["type"] == "UnicodeDecodeError":
            raise CourseError(
                say("This is no Python file in UTF-8 or in the encoding that it declares."), place=Place(error["file"])
            )
        raise CourseError(
            say("{type}: {text}", type=error["type"], text=error["text"]),
            place=Place(error["file"] or main, error["line"]),
        )
