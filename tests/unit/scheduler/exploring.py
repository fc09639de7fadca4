"""Explores programs of the corpus, each in a process of its own: a fresh one, as for `grader explore --no-sandbox`, or a fork, as in a sandbox."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

from tests.unit.scheduler.forking import forked

if TYPE_CHECKING:
    from tests.unit.scheduler.corpus import Entry


def explored(entry: Entry, schedules: int = 200, seed: int = 0, **more: Any) -> dict[str, Any]:
    """The report about one program."""
    return asked(entry, {"kind": "explore", "schedules": schedules, "seed": seed, **more})


def asked(entry: Entry, request: dict[str, Any], python: str = sys.executable) -> dict[str, Any]:
    """What the scheduler answers to a request about one program."""
    found: dict[str, Any] = json.loads(printed(entry, request, python))
    return found


def printed(entry: Entry, request: dict[str, Any], python: str = sys.executable, *, fresh: bool = False) -> bytes:
    """The answer byte by byte, under the request's `hash_seed`, from a fork or a `fresh` process of `python`."""
    files = {name: base64.b64encode(text.encode()).decode() for name, text in entry.files().items()}
    whole = {"main": entry.path.name, "scenario": None, "stdin": "", **request}
    told = json.dumps({"files": files, "request": whole}).encode()
    hash_seed = request.get("hash_seed", 0)
    if not fresh and hasattr(os, "fork"):
        out, error = forked(told, python, hash_seed)
    else:
        done = subprocess.run(
            [python, "-m", "sandbox.exploring"], input=told, capture_output=True,
            env={**os.environ, "PYTHONHASHSEED": str(hash_seed)}, timeout=600, check=False,
        )  # fmt: skip
        out, error = done.stdout, done.stderr.decode()
    assert out, error[-3000:]
    return out


def lines_of(report: dict[str, Any]) -> set[int]:
    """Every line a finding names."""
    places = [race[side]["place"] for race in report["races"] for side in ("first", "second")]
    for failure in report["failures"]:
        places += [task["place"] for task in failure["tasks"]]
        places += [failure["error"]["place"]] if failure["error"] else []
    return {place["line"] for place in places if place}
