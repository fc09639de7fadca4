"""A small exercise in a temporary course, and a way to have any student source judged in a real sandbox."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from grader.containers import choose
from grader.course.course import load_course
from grader.course.version import Version
from grader.errors import SandboxError
from grader.intake.snapshot import Snapshot
from grader.judge.grade import Judges

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from grader.containers.session import Backend
    from grader.judge.records import CheckRecord, Grading

COURSE = "title: Concurrency\ntimezone: Asia/Shanghai\nlanguage: en\nencoding: gb18030\n"


def sandbox(name: str = "bubblewrap") -> Backend:
    """The backend, or a skip that says why there is none; a failure where REQUIRE_SANDBOX names it."""
    try:
        return choose(name)
    except SandboxError as error:
        if name in os.environ.get("REQUIRE_SANDBOX", "").split(","):
            raise
        pytest.skip(f"{name}: {error}")


def exercise(
    root: Path, tests: str, checks: str, *, scenarios: str = "", more: str = "", file: str = "work.py"
) -> Version:
    """A course of one exercise called `demo`; `checks` is YAML of one line, `more` further keys."""
    files = {
        "assignments/course.yaml": COURSE,
        "assignments/demo.yaml": f"title: Demo\nday: 31\nsubmit: {{file: {file}, provides: ['answer()']}}\nstatement: Demo.\n"
        f"checks: {checks}\n{more}",
        "reference/demo/solution.py": "def answer():\n    return 42\n",
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
