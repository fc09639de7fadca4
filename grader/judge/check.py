"""Proof that an exercise is fair: the solution earns everything, starter and do-nothing earn 0, each mistake loses what it says.

(Mutants of the solution come with the scheduler; `candidates` is the place for them.)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from grader.course.mistakes import apply, do_nothing, load_mistakes
from grader.intake.snapshot import Snapshot
from grader.judge.verdicts import Verdict
from grader.language import Message, say

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from grader.containers.session import Backend
    from grader.course.version import Version
    from grader.judge.grade import Judges
    from grader.judge.records import CheckRecord, Grading

STUDENT = "check"  # the id whose inputs a check uses


@dataclass(frozen=True, slots=True)
class Candidate:
    """A file to judge and what must come of it: per check the verdicts that are right; a check not named must pass."""

    name: str
    kind: str  # solution, starter, nothing, mistake
    source: bytes
    loses: Mapping[str, frozenset[Verdict]] | None  # None: must earn 0 points in all, whatever the verdicts


@dataclass(frozen=True, slots=True)
class Proof:
    """What one candidate came to."""

    candidate: Candidate
    grading: Grading
    faults: tuple[Message, ...]
    warnings: tuple[str, ...]

    @property
    def holds(self) -> bool:
        return not self.faults


def candidates(version: Version) -> Iterator[Candidate]:
    """Solution, starter, do-nothing, mistakes, in this order. An exercise that is a quiz has its answers for a solution."""
    files, submit = version.reference.files, version.assignment.submit
    stem = "solution.py" if submit.file else "solution.yaml"
    if stem in files:
        yield Candidate("solution", "solution", files[stem], {})
    if "starter.py" in files and submit.file:
        yield Candidate("starter", "starter", files["starter.py"], None)
    yield Candidate("do nothing", "nothing", do_nothing(version.assignment.submit).encode(), None)
    for mistake in load_mistakes(version.assignment, version.reference):
        yield Candidate(mistake.name, "mistake", apply(mistake, version.reference), mistake.loses)


def prove(version: Version, candidate: Candidate, judges: Judges, backend: Backend) -> Proof:
    """Judges one candidate and compares with what must come of it."""
    name = version.assignment.submit.file or (version.assignment.submit.answers or "").rpartition("/")[2]
    snapshot = Snapshot(file=name, files={name: candidate.source})
    grading, warnings = judges.grade_noting(version, snapshot, STUDENT, backend, is_check=True)
    return Proof(candidate, grading, tuple(faults(candidate, grading.checks)), tuple(warnings))


def faults(candidate: Candidate, records: tuple[CheckRecord, ...]) -> Iterator[Message]:
    """Where a candidate's records are not what must come of it."""
    for record in records:
        verdict = record.verdict
        if verdict is Verdict.INFRA:
            yield say("{check} could not be judged: {message}", check=record.test, message=record.message["en"])
        elif candidate.loses is None:
            if record.points > 0:
                yield say(
                    "{check} gives {points} points to {name}.",
                    check=record.test,
                    points=record.points,
                    name=candidate.name,
                )
        elif record.test in candidate.loses:
            allowed = candidate.loses[record.test]
            if verdict not in allowed:
                yield say(
                    "{check} says {verdict}; {name} must lose it by {allowed}.",
                    check=record.test, verdict=verdict.value, name=candidate.name, allowed="|".join(sorted(v.value for v in allowed)),
                )  # fmt: skip
        elif verdict not in (Verdict.PASS, Verdict.PENDING):
            yield say(
                "{check} says {verdict}; {name} must pass it.",
                check=record.test,
                verdict=verdict.value,
                name=candidate.name,
            )
