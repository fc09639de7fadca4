"""Schedules of the corpus as one Python found them: tests/programs/schedules.json. Anew, on the oldest Python there is to support:

python -m tests.unit.scheduler.recorded
"""

from __future__ import annotations

import json
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from tests.unit.scheduler.corpus import CORPUS, PROGRAMS, Entry, broken
from tests.unit.scheduler.exploring import asked, explored

FILE = PROGRAMS / "schedules.json"
OLDEST = (3, 11)
LAST = 200  # steps that are kept; one program takes twenty thousand
NEVER_END = ("endless", "too_big")  # such a run is cut off, not led to a failure


@dataclass(frozen=True, slots=True)
class Recorded:
    """The first failure of a program. `steps`: task, kind and what it is about, of the LAST steps of `length`; `schedule`: as `replay` takes it."""

    name: str
    kind: str
    schedule: dict[str, Any]
    length: int
    steps: tuple[str, ...]

    @property
    def entry(self) -> Entry:
        return CORPUS[self.name]


def told(entry: Entry, schedule: dict[str, Any], python: str = sys.executable, hash_seed: int = 0) -> Recorded:
    """What a replay in a process of its own of `python` comes to."""
    answer = asked(entry, {"kind": "replay", "seed": 0, "schedule": schedule, "hash_seed": hash_seed}, python)
    steps = [f"{step['task']} {step['kind']} {step['about']}".rstrip() for step in answer["steps"]]
    kind = answer["failure"]["kind"] if answer["failure"] else "none"
    return Recorded(entry.name, kind, schedule, len(steps), tuple(steps[-LAST:]))


def found(entry: Entry) -> Recorded | None:
    """The first failure that a fresh exploration leads to, if it leads to any."""
    failures = [each for each in explored(entry, entry.within)["failures"] if each["kind"] not in NEVER_END]
    if not failures:
        return None
    row = told(entry, failures[0]["schedule"])
    assert row.kind == failures[0]["kind"], entry.name
    return row


def load() -> list[Recorded]:
    """All, in the order of the corpus."""
    rows = json.loads(FILE.read_text(encoding="utf-8"))
    return [Recorded(**{**row, "name": name, "steps": tuple(row["steps"].split("; "))}) for name, row in rows.items()]


def main() -> None:
    """Explores every broken program; one row a line."""
    assert sys.version_info[:2] == OLDEST, "what is recorded here must be found on the oldest Python"
    with ThreadPoolExecutor(os.cpu_count()) as several:
        rows = [row for row in several.map(found, broken()) if row]
    write(rows)
    print(len(rows), "of", len(broken()), "broken programs")


def write(rows: list[Recorded]) -> None:
    """One program a line."""
    lines = []
    for row in rows:
        facts = {"kind": row.kind, "schedule": row.schedule, "length": row.length, "steps": "; ".join(row.steps)}
        lines.append(f"{json.dumps(row.name)}: {json.dumps(facts)}")
    FILE.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
