"""Proof that an exercise is fair: the solution earns everything, starter and do-nothing earn 0, each mistake loses what it says.

And that its tests see what matters: every small fault put into the solution's synchronisation loses a check, or is listed as
one that nobody can see. Only where the scheduler decides: what a real run shows of such a fault may be luck.
"""

from __future__ import annotations

import concurrent.futures
import hashlib
import multiprocessing
import multiprocessing.util
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

import yaml

from grader.course.mistakes import apply, do_nothing, load_equivalents, load_mistakes
from grader.course.quiz import Quiz
from grader.course.starter import starters
from grader.intake.snapshot import Snapshot
from grader.judge.mutate import mutants
from grader.judge.verdicts import Verdict
from grader.language import Message, say

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Mapping
    from pathlib import Path

    from grader.containers.session import Backend
    from grader.course.assignment import Assignment
    from grader.course.equivalents import Equivalent
    from grader.course.version import Version
    from grader.judge.grade import Judges
    from grader.judge.mutate import Mutant
    from grader.judge.records import CheckRecord, Grading

STUDENT = "check"  # the id whose inputs a check uses
SAYS_NOTHING = frozenset(  # about a fault in the file
    {Verdict.PASS, Verdict.PENDING, Verdict.NOT_RUN, Verdict.INFRA, Verdict.UNSUPPORTED, Verdict.REVIEW}
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A file to judge and what must come of it: per check the verdicts that are right; a check not named must pass."""

    name: str
    kind: str  # solution, starter, nothing, mistake, mutant
    source: bytes
    loses: Mapping[str, frozenset[Verdict]] | None  # None: must earn 0 points in all, whatever the verdicts
    mutant: Mutant | None = None
    equivalent: Equivalent | None = None  # the entry that says nobody can see this mutant


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

    @property
    def survives(self) -> bool:
        """A mutant that no check sees and nobody explains: a check is missing, or an entry of `equivalent:`."""
        candidate = self.candidate
        return candidate.kind == "mutant" and candidate.equivalent is None and self.holds and killed_by(self) is None


def candidates(version: Version) -> Iterator[Candidate]:
    """Solution, starter, do-nothing, mistakes, in this order. An exercise that is a quiz has its answers for a solution."""
    files, submit = version.reference.files, version.assignment.submit
    if submit.file is None:
        yield Candidate("solution", "solution", right_answers(version.assignment), {})
        for text in starters(version.assignment, version.reference, "zh").values():
            yield Candidate("starter", "starter", text.encode(), None)
        return
    if "solution.py" in files:
        yield Candidate("solution", "solution", files["solution.py"], {})
    if "starter.py" in files:
        yield Candidate("starter", "starter", files["starter.py"], None)
    yield Candidate("do nothing", "nothing", do_nothing(submit).encode(), None)
    for mistake in load_mistakes(version.assignment, version.reference):
        yield Candidate(mistake.name, "mistake", apply(mistake, version.reference), mistake.loses)


def mutant_candidates(version: Version) -> Iterator[Candidate]:
    """The solution with one fault each. What must come of one: some check is lost, or, where it is equivalent, none."""
    if version.assignment.submit.file is None or "solution.py" not in version.reference.files:
        return
    known = load_equivalents(version.assignment, version.reference)
    for mutant in mutants(version.reference.text("solution.py")):
        equivalent = next((one for one in known if one.covers(mutant)), None)
        name = f"{mutant.verb}: {mutant.code} ({mutant.line})"
        yield Candidate(name, "mutant", mutant.source.encode(), {}, mutant, equivalent)


def is_explored(solution: Proof) -> bool:
    """Whether the scheduler had a part in judging the solution; elsewhere there are no mutants."""
    return any("looked" in record.evidence for record in solution.grading.checks)


def killed_by(proof: Proof) -> CheckRecord | None:
    """The first check that says there is a fault; None where none does."""
    return next((record for record in proof.grading.checks if record.verdict not in SAYS_NOTHING), None)


def right_answers(assignment: Assignment) -> bytes:
    """A quiz answered as its key says: the solution of an exercise that has no file."""
    answers: dict[str, object] = {}
    for check in assignment.checks:
        quiz = check.kind
        if not isinstance(quiz, Quiz):
            continue
        if quiz.choose:
            answers[check.name] = quiz.answer
        elif quiz.fill:
            spellings = [blank[0] for blank in quiz.fill]
            answers[check.name] = spellings[0] if len(spellings) == 1 else spellings
        elif quiz.order:
            answers[check.name] = list(quiz.order)
        else:
            answers[check.name] = " ".join(quiz.terms or ())
    return yaml.safe_dump(answers, allow_unicode=True, sort_keys=False).encode()


def prove(version: Version, candidate: Candidate, judges: Judges, backend: Backend) -> Proof:
    """Judges one candidate and compares with what must come of it."""
    name = version.assignment.submit.file or (version.assignment.submit.answers or "").rpartition("/")[2]
    snapshot = Snapshot(file=name, files={name: candidate.source})
    is_check = candidate.kind != "mutant"  # which conditions hold of nothing is said of the solution already
    grading, warnings = judges.grade_noting(version, snapshot, STUDENT, backend, is_check=is_check)
    return Proof(candidate, grading, tuple(faults(candidate, grading.checks)), tuple(warnings))


def faults(candidate: Candidate, records: tuple[CheckRecord, ...]) -> Iterator[Message]:
    """Where a candidate's records are not what must come of it."""
    for record in records:
        verdict = record.verdict
        if verdict is Verdict.INFRA:
            yield say("{check} could not be judged: {message}", check=record.test, message=record.message["en"])
        elif candidate.kind == "mutant":
            if candidate.equivalent and verdict not in SAYS_NOTHING:
                yield say(
                    "{place}: said to be equivalent, and {check} says {verdict}. Remove the entry.",
                    place=str(candidate.equivalent.place), check=record.test, verdict=verdict.value,
                )  # fmt: skip
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


@dataclass(frozen=True, slots=True)
class Task:
    """One candidate to prove, as it travels to a worker process."""

    version: Version
    candidate: Candidate
    sandbox: str
    home: Path | None


_judges: Judges | None = None
_backend: Backend | None = None


def _prove_here(task: Task) -> Proof:
    """In a worker process: judges and backend are made once and kept."""
    global _judges, _backend  # noqa: PLW0603 - one of each per process
    from grader.containers import choose  # noqa: PLC0415 - only where something is run
    from grader.judge.grade import Judges  # noqa: PLC0415

    if _judges is None:
        _judges = Judges(task.home)
        multiprocessing.util.Finalize(None, _judges.close, exitpriority=1)  # such a process runs no atexit
    _backend = _backend or choose(task.sandbox)
    return prove(task.version, task.candidate, _judges, _backend)


def prove_all(
    version: Version, sandbox: str, known: dict[str, Proof], *, home: Path | None = None, workers: int = 0
) -> Generator[Proof, None, None]:
    """Proves every candidate, several at a time, in the order of `candidates`.

    `known` keeps proofs by what decides them: after an edit only what it touches is judged again.
    """
    yield from _proved(version, list(candidates(version)), sandbox, known, home, workers)


def prove_mutants(
    version: Version, sandbox: str, known: dict[str, Proof], *, home: Path | None = None, workers: int = 0
) -> Generator[Proof, None, None]:
    """The same for mutants of the solution, which must have been proved and be explored. Close it to leave the rest undone."""
    yield from _proved(version, list(mutant_candidates(version)), sandbox, known, home, workers)


def _proved(
    version: Version, todo: list[Candidate], sandbox: str, known: dict[str, Proof], home: Path | None, workers: int
) -> Generator[Proof, None, None]:
    keys = [proof_key(version, candidate) for candidate in todo]
    context = multiprocessing.get_context("spawn")
    workers = workers or 2 * (os.cpu_count() or 1)  # real runs mostly wait
    fresh = [n for n, key in enumerate(keys) if key not in known]
    pool = concurrent.futures.ProcessPoolExecutor(max(1, min(workers, len(fresh))), mp_context=context)
    try:
        futures = {n: pool.submit(_prove_here, Task(version, todo[n], sandbox, home)) for n in fresh}
        for n, (key, candidate) in enumerate(zip(keys, todo, strict=True)):
            if n in futures:
                known[key] = futures[n].result()
            old = known[key]  # judged alike; an entry of `equivalent:` may have come or gone since
            yield Proof(candidate, old.grading, tuple(faults(candidate, old.grading.checks)), old.warnings)
    finally:
        pool.shutdown(cancel_futures=True)


def proof_key(version: Version, candidate: Candidate) -> str:
    """Equal for equal proofs: what is judged with, what is judged, what must come of it."""
    loses = None if candidate.loses is None else {name: sorted(v) for name, v in sorted(candidate.loses.items())}
    points = [(check.name, str(check.points)) for check in version.assignment.checks]
    text = repr((version.execution_digest(""), candidate.name, candidate.source, loses, points))
    return hashlib.sha256(text.encode()).hexdigest()
