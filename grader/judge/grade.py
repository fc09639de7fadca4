"""One submission to a Grading: the judge process asks, the sandbox answers, quizzes and manual checks are marked on the way."""

from __future__ import annotations

import codecs
import hashlib
import re
import time
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from grader.containers.session import Backend, SandboxSpec
from grader.course.checks import Check, Manual, RunCheck, TestFunction
from grader.course.quiz import Quiz, mark, read_answers
from grader.errors import InfrastructureError, IntakeError
from grader.judge.process import JudgeProcess
from grader.judge.records import CheckRecord, Grading
from grader.judge.relay import Relay, load_message
from grader.judge.verdicts import MEANINGS, Verdict
from grader.language import Message, say

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from grader.course.assignment import Assignment
    from grader.course.version import Version
    from grader.intake.snapshot import Snapshot

TESTS = "test_reference.py"
MOST_JUDGES = 6  # kept at a time; the one unused longest goes first

UNCONTROLLED = re.compile(
    r"\b(multiprocessing(?!\.(pool|dummy))|ProcessPoolExecutor|subprocess|socket|socketserver|selectors|asyncio|os\.(fork|spawn\w*|system|popen))\b"
)


class Judges:
    """Keeps one judge process per assignment version while it is in use. One per worker; a context manager."""

    def __init__(self, home: Path | None = None) -> None:
        self.home = home
        if home is not None:
            home.mkdir(parents=True, exist_ok=True)
        self.alone = home / "alone.lock" if home else None
        self._kept: dict[str, JudgeProcess] = {}

    def grade(
        self, version: Version, snapshot: Snapshot, student: str, backend: Backend, *, is_check: bool = False
    ) -> Grading:
        """Judges one snapshot of one student. Raises InfrastructureError when the judge itself breaks; a dead sandbox is a verdict."""
        return self.grade_noting(version, snapshot, student, backend, is_check=is_check)[0]

    def grade_noting(
        self, version: Version, snapshot: Snapshot, student: str, backend: Backend, *, is_check: bool = False
    ) -> tuple[Grading, list[str]]:
        """As `grade`, with the warnings that only an instructor reads."""
        started = time.monotonic()
        assignment, python = version.assignment, backend.python()
        execution = version.execution_digest(python)
        records: dict[str, CheckRecord] = {}
        judged = [check for check in assignment.checks if isinstance(check.kind, TestFunction | RunCheck)]
        warnings: list[str] = []
        for check in assignment.checks:
            if check not in judged:
                records[check.name] = without_running(check, snapshot, version.encoding)
        if judged:
            records |= self._judge(version, snapshot, judged, execution, student, backend, warnings, is_check=is_check)
        checks = tuple(records[check.name] for check in assignment.checks)
        duration = int((time.monotonic() - started) * 1000)
        return Grading(execution, snapshot.digest, backend.name, python, checks, duration), warnings

    def _judge(
        self, version: Version, snapshot: Snapshot, judged: list[Check], execution: str, student: str, backend: Backend, warnings: list[str],
        *, is_check: bool,
    ) -> dict[str, CheckRecord]:  # fmt: skip
        assignment, reference = version.assignment, version.reference
        missing = [name for name in (assignment.submit.file,) if name and snapshot.file not in snapshot.files]
        if missing or not snapshot.files.get(snapshot.file, b"").removeprefix(codecs.BOM_UTF8).strip():
            return {check.name: nothing_there(check, snapshot.file) for check in judged}
        spec = SandboxSpec(limits=assignment.limits, packages=self._packages(assignment.packages))
        scenarios = reference.files.get("scenarios.py", b"").decode()
        load = load_message(
            snapshot.files, snapshot.file, scenarios, assignment.prelude, assignment.files, version.encoding
        )
        seed = hashlib.sha256(f"{execution}\0{student}".encode()).hexdigest()
        order = {
            "student": student, "seed": seed, "execution": execution, "submit": snapshot.file, "output": assignment.limits.output, "is_check": is_check,
            "costless": costless(assignment), "real_decides": real_decides(reference.files),
            "checks": [order_of(check) for check in judged],
        }  # fmt: skip
        tests = {TESTS: reference.files[TESTS]} if TESTS in reference.files else {}
        was_kept = execution in self._kept
        with Relay(backend, spec, load, self.alone) as relay:
            try:
                message = self._ask(execution, tests, order, relay)
            except InfrastructureError:
                if not was_kept:
                    raise
                message = self._ask(
                    execution, tests, order, relay
                )  # the kept one had died since: once more, with a fresh one
        warnings.extend(message["warnings"])
        return {record["test"]: CheckRecord.from_json(record) for record in message["records"]}

    def _ask(
        self, execution: str, tests: Mapping[str, bytes], order: Mapping[str, Any], relay: Relay
    ) -> Mapping[str, Any]:
        judge = self._process(execution, tests)
        try:
            return judge.grade(order, relay.run)
        except BaseException:
            self._kept.pop(execution, judge).close()
            raise

    def _packages(self, names: Sequence[str]) -> tuple[Path, ...]:
        """Folders of the packages an exercise lists: GRADER_HOME/packages/NAME. Raises InfrastructureError for one that is not there."""
        found = []
        for name in names:
            folder = (self.home or Path()) / "packages" / name
            if self.home is None or not folder.is_dir():
                raise InfrastructureError(
                    say("The package {name} is not there for student code.", name=name),
                    remedy=say("Put it there: pip install --target {folder} {name}", folder=str(folder), name=name),
                )
            found.append(folder)
        return tuple(found)

    def _process(self, execution: str, tests: Mapping[str, bytes]) -> JudgeProcess:
        process = self._kept.pop(execution, None) or JudgeProcess(tests)
        self._kept[execution] = process  # last used, last in order
        while len(self._kept) > MOST_JUDGES:
            self._kept.pop(next(iter(self._kept))).close()
        return process

    def close(self) -> None:
        """End every judge process."""
        while self._kept:
            self._kept.popitem()[1].close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def costless(assignment: Assignment) -> list[str]:
    """Labels of failures that cost no marks in this exercise."""
    found = [] if assignment.timing == "strict" else ["overrun"]
    return found if assignment.language_races == "cost" else [*found, "language"]


def real_decides(files: Mapping[str, bytes]) -> bool:
    """Whether the exercise's own solution or scenarios use processes or sockets, which the scheduler does not control."""
    texts = (files.get(name, b"").decode("utf-8", "replace") for name in ("solution.py", "scenarios.py"))
    return any(UNCONTROLLED.search(text) for text in texts)


def order_of(check: Check) -> dict[str, Any]:
    """A check as the judge process is told of it: no title, no hint."""
    order: dict[str, Any] = {"name": check.name, "points": str(check.points), "needs": list(check.needs), "run": None}
    if isinstance(check.kind, RunCheck):
        run = check.kind
        order["run"] = {"args": list(run.args), "stdin": run.stdin, "exit": run.exit, "lines": list(run.lines)}
    return order


def nothing_there(check: Check, file: str) -> CheckRecord:
    """A file that is empty, or not there: missing."""
    message = say("{file} is empty.", file=file)
    return CheckRecord(check.name, Verdict.MISSING, Decimal(0), check.points, message.both())


def without_running(check: Check, snapshot: Snapshot, encoding: str) -> CheckRecord:
    """A check that needs no run: a quiz answer is marked, a manual one waits for a TA."""
    if isinstance(check.kind, Manual):
        return CheckRecord(
            check.name, Verdict.PENDING, Decimal(0), check.points, MEANINGS[Verdict.PENDING].sentence.both()
        )
    assert isinstance(check.kind, Quiz)
    try:
        answers = read_answers(snapshot.files.get(snapshot.file, b""), encoding, file=snapshot.file)
    except IntakeError as error:
        evidence = {"assertion": f"{error.place or snapshot.file}"}
        return CheckRecord(check.name, Verdict.MISSING, Decimal(0), check.points, error.message.both(), evidence)
    verdict, note = mark(check.kind, answers.get(check.name))
    points = check.points if verdict is Verdict.PASS else Decimal(0)
    message: Message = note
    evidence = {"answer": str(answers.get(check.name, ""))[:500]}
    return CheckRecord(check.name, verdict, points, check.points, message.both(), evidence)
