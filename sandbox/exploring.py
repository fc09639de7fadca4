"""An exploration that was asked for: one process explores a whole program and reports once.

In a sandbox the driver's child does it; on one's own machine `python -m sandbox.exploring`, a request on stdin, the report on stdout.
"""

from __future__ import annotations

import base64
import io
import json
import os
import sys
import tokenize

from sandbox import search
from sandbox.folder import fresh_folder, write
from sandbox.overlay import Overlay
from sandbox.program import Entry, Program
from sandbox.protocol import load_value
from sandbox.scheduler.schedule import Schedule
from sandbox.twin import PLANTED, with_races

SCENARIOS = "scenarios.py"
TWIN = 2  # schedules: both that are watched whole for races
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import ModuleType
    from typing import Any

    from sandbox.program import Run
    from sandbox.scheduler.engine import Strategy


def texts(files: Mapping[str, bytes]) -> dict[str, str]:
    """Python files as text, each in its declared encoding; others, and what cannot be read, are left out."""
    found = {}
    for name, data in files.items():
        if name.endswith(".py"):
            try:
                encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
                found[name] = io.TextIOWrapper(io.BytesIO(data), encoding).read()
            except (SyntaxError, UnicodeDecodeError, LookupError):
                continue
    return found


_overlay: Overlay | None = None


def prepare() -> None:
    """Load the overlay: a process that forks for every exploration does so once."""
    global _overlay
    _overlay = _overlay or Overlay()


def answer(
    files: Mapping[str, bytes], request: Mapping[str, Any], fresh: Callable[[], None] | None = None
) -> dict[str, Any]:
    """What `request` (kind explore or replay) asks: a report, or `{"error": ...}` for a file that does not compile."""
    file, name = request["scenario"] or ("", "")
    entry = Entry(
        request["main"],
        tuple(map(load_value, request.get("args", ()))),
        name=name,
        scenarios=file,
        prelude=request.get("prelude", ""),
        watch=frozenset(request.get("watch", ())),
        stdin=request["stdin"],
    )
    try:
        program = Program(texts(files), entry, seed=request["seed"], overlay=_overlay, fresh=fresh)
    except SyntaxError as error:
        return {
            "error": {
                "type": type(error).__name__,
                "text": error.msg,
                "line": error.lineno or 0,
                "file": error.filename or "",
            }
        }
    except KeyError:
        return {"error": {"type": "UnicodeDecodeError", "text": "", "line": 0, "file": request["main"]}}
    if request["kind"] == "replay":
        return search.replay(program, Schedule.from_json(request["schedule"]))
    return search.explore(program, seed=request["seed"], schedules=request["schedules"])


def graded(
    files: Mapping[str, str], request: Mapping[str, Any], fresh: Callable[[], None], prelude: str
) -> dict[str, Any]:
    """What a reference test asks of a submission: the report, and every different outcome with its first schedule.

    `files` are texts by path, SCENARIOS among them. A file that does not compile is found by the plain run that the judge makes instead.
    """
    is_call = request["kind"] == "explore call"
    entry = Entry(
        request["submit"],
        tuple(load_value(request["args"])),
        name=request["name"] if is_call else "",
        scenarios=SCENARIOS if is_call and SCENARIOS in files else "",
        prelude=prelude,
        watch=frozenset(request["watch"]),
        stdin=request["stdin"],
    )
    program = Program(files, entry, seed=request["seed"], overlay=_overlay, fresh=fresh)
    found = search.Search(
        program,
        seed=request["seed"],
        schedules=request["schedules"],
        allow=frozenset(request["allow"]),
        expect=request["expect"],
        labels=frozenset(request["labels"]),
        collect=True,
    )
    if request["show"] is not None:
        shown = found.shown(Schedule.from_json(request["show"]))
        found.realistic()
        return {**shown, "outcomes": [outcome.to_json() for outcome in (found.outcomes or {}).values()]}
    report = found.explore()
    return {
        **report,
        "outcomes": [outcome.to_json() for outcome in (found.outcomes or {}).values()],
        "allowed": found.allowed.to_json() if found.allowed else None,
        "picks": found.audited.sample() if found.audited is not None else [],
        "runs": found.audited.runs if found.audited is not None else 0,
        "twin": twin_fails(program, request) if report["verdict"] == "ok" else None,
    }


def twin_fails(program: Program, request: Mapping[str, Any]) -> bool | None:
    """Whether the races planted in the same program are found, in this very process; None where none of them came to its end."""
    main = program.entry.main
    source, planted, _ = with_races(program.files[main])
    if not planted or PLANTED in program.files:
        return None
    twin = Twin(
        {**program.files, main: source, PLANTED: planted},
        program.entry,
        seed=program.seed,
        overlay=program.overlay,
        fresh=program.fresh,
    )
    report = search.Search(twin, seed=request["seed"], schedules=TWIN).explore()
    raced = {race["variable"] for race in report["races"] if race["first"]["place"]["file"] == PLANTED}
    return all(f"race{number}" in raced for number in twin.done) if twin.done else None


class Twin(Program):
    """`done`: numbers of the planted races that came to their end."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.done: list[int] = []

    def imported(self, module: ModuleType) -> None:
        """The module with the races writes them down here."""
        super().imported(module)
        if module.__name__ == PLANTED.removesuffix(".py"):
            module.__dict__["done"] = self.done

    def once(self, strategy: Strategy, **more: Any) -> Run:
        """What is run again to make a failure small is not watched for races."""
        before = len(self.done)
        run = super().once(strategy, **more)
        if more.get("observer") is None:
            del self.done[before:]
        return run


def main() -> None:
    """One request on stdin: {"files": {path: base64}, "request": {...}}."""
    told = json.loads(sys.stdin.buffer.read())
    sink = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever the program prints past its captured streams is not the report
    files = {name: base64.b64decode(data) for name, data in told["files"].items()}
    laid = {name: text.encode() for name, text in told["request"].get("files", {}).items()}
    if laid:  # what the exercise lays down goes where nothing of anybody's lies
        import tempfile  # noqa: PLC0415 - only here

        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            os.chdir(folder)
            found = answer(files, told["request"], fresh_folder(lambda: write(laid)))
            os.chdir(os.path.dirname(folder))
    else:
        found = answer(files, told["request"])
    sink.write(json.dumps(found).encode())
    sink.close()
    os._exit(0)  # whatever the program left running ends here


if __name__ == "__main__":
    main()
