"""An exercise as it stands at one moment: what a grade was made with, kept by content in GRADER_HOME/versions/."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import shutil
import tempfile
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self

from pydantic import TypeAdapter

from grader.course.assignment import Assignment, load_assignment
from grader.course.checks import Manual, RunCheck, TestFunction
from grader.course.names import REFERENCE
from grader.course.quiz import Quiz
from grader.course.reference import Reference, load_reference
from grader.course.source import read
from grader.course.tree import Map
from grader.errors import GraderError, UsageError
from grader.language import say

if TYPE_CHECKING:
    from grader.course.course import Course

JUDGE: Final = 1  # to be raised whenever a change of the judge can change a verdict
_NOT_EXECUTED: Final = frozenset({"solution.py", "starter.py", "mistakes.yaml"})
_ASSIGNMENT: Final[TypeAdapter[Assignment]] = TypeAdapter(Assignment)


@dataclass(frozen=True, slots=True)
class Version:
    """An exercise with its reference files. `sandbox` is the digest of the sandbox's files and its lock."""

    assignment: Assignment
    reference: Reference
    sandbox: str
    encoding: str = "utf-8"

    @classmethod
    def of(cls, course: Course, name: str) -> Self:
        """The exercise as the course folder has it now. Raises Problems."""
        assignment, reference = load_assignment(course, name), load_reference(course, name)
        return cls(assignment, reference, sandbox_digest(), course.encoding)

    @property
    def digest(self) -> str:
        """sha256 of everything here, titles and due dates included: the name it is kept under."""
        return _sha256(self._manifest())

    def execution_digest(self, python: str) -> str:
        """sha256 of everything that can change a verdict when run with Python `python`, and of nothing else.

        Titles, hints, points, visibility and due dates are applied when a grade is read, so they take no part.
        """
        assignment = self.assignment
        return _sha256(
            {
                "judge": JUDGE,
                "sandbox": self.sandbox,
                "python": python,
                "encoding": self.encoding,
                "checks": [{"name": c.name, "needs": list(c.needs), **_executed(c.kind)} for c in assignment.checks],
                "submit": asdict(assignment.submit),
                "prelude": assignment.prelude,
                "files": dict(assignment.files),
                "limits": {key: str(value) for key, value in asdict(assignment.limits).items()},
                "packages": list(assignment.packages),
                "timing": assignment.timing,
                "language_races": assignment.language_races,
                "reference": _hashes(self.executed_files()),
            }
        )

    def executed_files(self) -> dict[str, bytes]:
        """Reference files that take part in judging: all but solution, starter, mistakes and what those name."""
        files = self.reference.files
        left_out = _NOT_EXECUTED | _mistake_files(files.get("mistakes.yaml", b""))
        return {name: data for name, data in files.items() if name not in left_out}

    def save(self, home: Path) -> str:
        """Keep it under `home`/versions/ unless it is there; returns its digest. Safe when several save at once."""
        digest = self.digest
        folder = home / "versions"
        target = folder / digest
        if target.is_dir():
            return digest
        folder.mkdir(parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(prefix=".new-", dir=folder))
        try:
            (fresh / "version.json").write_bytes(_canonical(self._manifest()))
            for name, data in self.reference.files.items():
                path = fresh / REFERENCE / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(data)
            try:
                os.rename(fresh, target)  # noqa: PTH104 - atomic, and fails where somebody was first
            except OSError:
                if not target.is_dir():
                    raise
        finally:
            shutil.rmtree(fresh, ignore_errors=True)
        return digest

    @classmethod
    def load(cls, home: Path, digest: str) -> Self:
        """The version kept under `digest`. Raises UsageError when there is none or its files were changed."""
        folder = home / "versions" / digest
        try:
            data = json.loads((folder / "version.json").read_bytes())
            files = {name: (folder / REFERENCE / name).read_bytes() for name in data["reference"]}
        except (OSError, ValueError, KeyError):
            raise UsageError(say("There is no version {digest}.", digest=digest[:12])) from None
        assignment = _ASSIGNMENT.validate_python(data["assignment"])
        if assignment.due is not None and data["zone"]:
            from zoneinfo import ZoneInfo  # noqa: PLC0415

            assignment = replace(assignment, due=assignment.due.astimezone(ZoneInfo(data["zone"])))
        version = cls(assignment, Reference(files), data["sandbox"], data["encoding"])
        if version.digest != digest:
            raise UsageError(say("The files of version {digest} were changed.", digest=digest[:12]))
        return version

    def _manifest(self) -> dict[str, Any]:
        zone = getattr(self.assignment.due.tzinfo, "key", None) if self.assignment.due else None
        return {
            "assignment": _ASSIGNMENT.dump_python(self.assignment, mode="json"),
            "encoding": self.encoding,
            "reference": _hashes(self.reference.files),
            "sandbox": self.sandbox,
            "zone": zone,
        }


def _executed(kind: TestFunction | RunCheck | Manual | Quiz) -> dict[str, Any]:
    """What of a check's kind can change its verdict."""
    data: dict[str, Any] = {"type": kind.type}
    if isinstance(kind, RunCheck):
        data |= asdict(kind)
    elif isinstance(kind, Quiz):
        data |= {key: value for key, value in asdict(kind).items() if key != "ask"}
    return data


def _mistake_files(data: bytes) -> frozenset[str]:
    try:
        tree = read(data, "mistakes.yaml")
    except GraderError:
        return frozenset()
    return frozenset(str(entry["file"]) for entry in tree.values() if isinstance(entry, Map) and "file" in entry)


def _hashes(files: Any) -> dict[str, str]:
    return {name: hashlib.sha256(data).hexdigest() for name, data in sorted(files.items())}


def _canonical(data: object) -> bytes:
    return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _sha256(data: object) -> str:
    return hashlib.sha256(_canonical(data)).hexdigest()


def sandbox_digest() -> str:
    """sha256 over the names and bytes of sandbox/**/*.py and its lock."""
    spec = importlib.util.find_spec("sandbox")
    assert spec is not None
    assert spec.submodule_search_locations is not None
    folder = Path(next(iter(spec.submodule_search_locations)))
    files = [
        path
        for path in folder.rglob("*")
        if path.suffix in (".py", ".lock", ".txt") and "__pycache__" not in path.parts
    ]
    return _sha256(
        {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
    )
