"""A small exercise in a temporary course, and a way to have any student source judged in a real sandbox."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import pytest

from grader.containers import choose
from grader.containers.session import Ending, Usage
from grader.course.course import load_course
from grader.course.version import Version
from grader.errors import SandboxError
from grader.intake.snapshot import Snapshot
from grader.judge.grade import Judges

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from grader.containers.session import Backend
    from grader.judge.records import CheckRecord, Grading

COURSE = "title: Concurrency\ntimezone: Asia/Shanghai\nlanguage: en\nencoding: gb18030\n"
SOLUTION = "import multiprocessing\n\ndef answer():\n    return 42\n"  # so that real runs may decide


def sandbox(name: str = "bubblewrap") -> Backend:
    """The backend, or a skip that says why there is none; a failure where REQUIRE_SANDBOX names it."""
    try:
        return choose(name)
    except SandboxError as error:
        if name in os.environ.get("REQUIRE_SANDBOX", "").split(","):
            raise
        pytest.skip(f"{name}: {error}")


def exercise(
    root: Path,
    tests: str,
    checks: str,
    *,
    scenarios: str = "",
    more: str = "",
    file: str = "work.py",
    solution: str = SOLUTION,
) -> Version:
    """A course of one exercise called `demo`; `checks` is YAML of one line, `more` further keys."""
    files = {
        "assignments/course.yaml": COURSE,
        "assignments/demo.yaml": f"title: Demo\nday: 31\nsubmit: {{file: {file}, provides: ['answer()']}}\nstatement: Demo.\n"
        f"checks: {checks}\n{more}",
        "reference/demo/solution.py": solution,
        "reference/demo/starter.py": "",
        "reference/demo/test_reference.py": tests,
        "reference/demo/mistakes.yaml": "{}\n",
        "reference/demo/scenarios.py": scenarios,
    }
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return Version.of(load_course(root), "demo")


@dataclass
class Arena:
    """One exercise, one backend, the judge process kept between submissions."""

    version: Version
    backend: Backend
    judges: Judges = field(default_factory=Judges)

    def grade(
        self, source: str | bytes, files: Mapping[str, str | bytes] | None = None, student: str = "s01"
    ) -> Grading:
        """The grading of a student's file, with whatever else lies beside it."""
        name = self.version.assignment.submit.file
        assert name
        everything = {name: source, **(files or {})}
        data = {key: text if isinstance(text, bytes) else text.encode() for key, text in everything.items()}
        return self.judges.grade(self.version, Snapshot(file=name, files=data), student, self.backend)

    def checks(
        self, source: str | bytes, files: Mapping[str, str | bytes] | None = None, student: str = "s01"
    ) -> dict[str, CheckRecord]:
        """The records of a grading by the name of their check."""
        return {record.test: record for record in self.grade(source, files, student).checks}


def told(records: Mapping[str, CheckRecord]) -> str:
    """Records as text, for the message of a failing test."""
    return "\n".join(f"{r.test}: {r.verdict} {r.points} {r.message['en']} {dict(r.evidence)}" for r in records.values())


@dataclass
class Scripted:
    """A backend without a sandbox: `answer` says, for each run that is asked for, what the driver replies or how the session ends.

    `explored` says it of explorations; without it the scheduler has met something that it does not control, and real runs decide.
    """

    answer: Callable[[Mapping[str, Any]], Any]
    explored: Callable[[Mapping[str, Any]], Any] = lambda _: ran({"explored": exploration(unsupported=["process"])})
    name: str = "scripted"
    opened: int = 0
    walls: list[float] = field(default_factory=list)
    asked: list[Mapping[str, Any]] = field(default_factory=list)

    def open(self, spec: object) -> ScriptedSession:
        self.opened += 1
        return ScriptedSession(self)

    def capabilities(self) -> Mapping[str, Any]:
        return {}

    def python(self) -> str:
        return "3.11.2"


@dataclass
class ScriptedSession:
    """One session of it. An answer is bytes (a line as it is), an Ending, a set of hits with one of those, or the `ran` object."""

    backend: Scripted
    reply: Any = None
    reported: frozenset[Ending] = frozenset()

    def send(self, line: bytes) -> None:
        message = json.loads(line)
        if "load" in message:
            self.reply = {"id": message["id"], "loaded": True}
            return
        self.backend.asked.append(message["run"])
        is_explored = message["run"]["kind"].startswith("explore ")
        answer = (self.backend.explored if is_explored else self.backend.answer)(message["run"])
        if isinstance(answer, tuple):
            self.reported, answer = frozenset(answer[0]), answer[1]
        self.reply = answer if isinstance(answer, bytes | Ending) else {"id": message["id"], "ran": answer}

    def receive(self, *, wall: float, cpu: float) -> bytes | Ending:
        self.backend.walls.append(wall)
        return self.reply if isinstance(self.reply, bytes | Ending) else json.dumps(self.reply).encode() + b"\n"

    def hits(self) -> frozenset[Ending]:
        return self.reported

    def usage(self) -> Usage:
        return Usage()

    def close(self) -> Ending:
        return Ending.OK


def ran(report: object = None, **changes: Any) -> dict[str, Any]:
    """What a driver says of a run; `report` is the child's line, given as facts."""
    text = json.dumps(report) if isinstance(report, dict) else report
    whole = {
        "ended": "exit", "code": 0, "report": text, "lines": int(text is not None), "stdout": "", "stderr": "",
        "truncated": False, "left": 0, "cpu": 1,
    }  # fmt: skip
    return {**whole, **changes}


def facts(outcome: str = "value", **more: Any) -> dict[str, Any]:
    """A child's report."""
    whole = {
        "outcome": outcome, "events": [], "traces": [], "children": [], "unsupported": [], "notices": [], "reached": True,
        "held": 0, "found": [], "dropped": False, "pid": 7, "printed": {},
    }  # fmt: skip
    if outcome in ("value", "raised", "ended"):
        whole |= {"threads": [], "processes": 0}
    if outcome == "value":
        whole["value"] = 42
    return {**whole, **more}


def exploration(**more: Any) -> dict[str, Any]:
    """A child's report of an exploration that found nothing wrong and saw no outcome."""
    return {
        "verdict": "unsupported" if more.get("unsupported") else "ok", "label": None, "schedules": 2, "exhausted": True,
        "bound": {"mode": "late", "preemptions": None, "sampled": 0}, "seed": 0, "python": "3.11.2", "failures": [], "races": [],
        "advice": [], "scaled": [], "unsupported": [], "outcomes": [], "allowed": None, "picks": [], "runs": 0, "twin": None, **more,
    }  # fmt: skip


def came(value: Any = 42, **more: Any) -> dict[str, Any]:
    """What some schedules came to."""
    return {
        "value": value,
        "events": [],
        "left": [],
        "seconds": {"float": "0x0.0p+0"},
        "early": False,
        "schedule": SCHEDULE,
        **more,
    }


SCHEDULE = {"schedule": "0x1", "time": "strict", "seed": 0}


def raised(
    name: str = "ValueError", message: str = "", line: int = 3, file: str = "work.py", bases: tuple[str, ...] = ()
) -> dict[str, Any]:
    """An exception with one frame, as a child describes it."""
    return {
        "raised": {"name": name, "bases": list(bases), "message": message, "line": line},
        "trace": [{"file": file, "line": line, "function": "f", "text": "f()"}],
    }


def with_tests(version: Version, tests: str) -> Version:
    """The same exercise with other tests, as no course would let them pass."""
    files = {**version.reference.files, "test_reference.py": tests.encode()}
    return replace(version, reference=replace(version.reference, files=files))
