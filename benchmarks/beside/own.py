"""One program under this project's engine: `own.py FILE SCHEDULES MODE`. The program is run as it stands."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from sandbox import search
from sandbox.program import Entry, Program

ENDED = {"ok", "no_concurrency"}
NO_ANSWER = {"unsupported", "needs_input", "needs_peer", "endless", "limit", "timeout", "too_big", "memory", "output"}


def explore(path: Path, schedules: int, _mode: str) -> dict[str, Any]:
    """What was found, after how many schedules."""
    report = search.explore(Program({path.name: path.read_text()}, Entry(path.name)), schedules=schedules)
    verdict = report["verdict"]
    if verdict in NO_ANSWER:
        return {"cannot": verdict}
    return {"found": "" if verdict in ENDED else verdict, "schedules": report["schedules"]}


if __name__ == "__main__":
    print(json.dumps(explore(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3])), file=sys.stderr)
