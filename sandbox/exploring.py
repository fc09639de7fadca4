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
from sandbox.program import Program
from sandbox.scheduler.schedule import Schedule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any


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


def answer(files: Mapping[str, bytes], request: Mapping[str, Any]) -> dict[str, Any]:
    """What `request` (kind explore or replay) asks: a report, or `{"error": ...}` for a file that does not compile."""
    scenario = request["scenario"]
    try:
        program = Program(
            texts(files),
            request["main"],
            stdin=request["stdin"],
            scenario=tuple(scenario) if scenario else None,
            seed=request["seed"],
        )
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


def main() -> None:
    """One request on stdin: {"files": {path: base64}, "request": {...}}."""
    told = json.loads(sys.stdin.buffer.read())
    sink = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever the program prints past its captured streams is not the report
    found = answer({name: base64.b64decode(data) for name, data in told["files"].items()}, told["request"])
    sink.write(json.dumps(found).encode())
    sink.close()
    os._exit(0)  # whatever the program left running ends here


if __name__ == "__main__":
    main()
