"""What `grader check` prints, to the letter: proofs made by hand, nothing is run."""

from __future__ import annotations

import io
import os
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

import pytest
from rich.console import Console

from grader.console import Screen
from grader.course.equivalents import Equivalent
from grader.errors import Place
from grader.judge.check import Candidate, Proof, faults
from grader.judge.mutate import mutants
from grader.judge.records import CheckRecord, Grading
from grader.judge.verdicts import MEANINGS, Verdict
from grader.language import LANGUAGES
from grader.verbs.proofs import mutant_json, show_mutants, show_proof

GOLDEN = Path(__file__).parent / "golden"
SOLUTION = """\
def eat1(name, noodle, fork):
    with noodle:
        with fork:
            bite(name)

def eat2(name, noodle, fork):
    with noodle:
        with fork:
            bite(name)
    fork.notify_all()
"""
HOLDS, RACE = Verdict.PASS, Verdict.RACE


def graded(*verdicts: Verdict) -> Grading:
    """A record a verdict; a failing one says how far its exploration looked."""
    records = []
    for n, verdict in enumerate(verdicts, start=1):
        evidence = {"explored": {"schedules": 10 * n}} if verdict is RACE else {}
        message = MEANINGS[verdict].sentence.both()
        records.append(CheckRecord(f"test_{n}", verdict, Decimal(0), Decimal(1), message, evidence))
    return Grading("e", "s", "bubblewrap", "3.11", tuple(records), 1)


def proof(candidate: Candidate, *verdicts: Verdict) -> Proof:
    grading = graded(*verdicts)
    return Proof(candidate, grading, tuple(faults(candidate, grading.checks)), ())


def mutated(verdicts: dict[int, Verdict], equivalent: dict[int, str]) -> list[Proof]:
    """A proof for each mutant of the solution, by their number; without a verdict it passes."""
    made = []
    for n, mutant in enumerate(mutants(SOLUTION)):
        entry = None
        if n in equivalent:
            place = Place("reference/noodles/mistakes.yaml", n + 1, 3)
            entry = Equivalent(mutant.verb, mutant.code, equivalent[n], place)
        candidate = Candidate(f"{mutant.verb}: {mutant.code}", "mutant", mutant.source.encode(), {}, mutant, entry)
        made.append(proof(candidate, HOLDS, verdicts.get(n, HOLDS)))
    return made


MISTAKE = Candidate("不拿锁", "mistake", b"", {"test_1": frozenset({RACE}), "test_2": frozenset({RACE, Verdict.FAIL})})
ALL = range(len(mutants(SOLUTION)))
CASES = {
    "mistake-lost": [proof(MISTAKE, RACE, Verdict.FAIL, HOLDS)],
    "mistake-not-lost": [proof(MISTAKE, HOLDS, RACE, Verdict.HANG)],
    "mutants-all-noticed": mutated(dict.fromkeys(ALL, RACE), {}),
    "mutants-some-not": mutated(dict.fromkeys(ALL[3:-1], RACE), {}),
    "mutants-some-equivalent": mutated(dict.fromkeys(ALL[2:], RACE), {0: "还是同一个顺序"}),
    "mutants-wrong-equivalent": mutated(dict.fromkeys(ALL, RACE), {1: "谁也看不出"}),
    "mutants-undecided": mutated(dict.fromkeys(ALL, Verdict.REVIEW), {}),
}


def printed(case: str, language: str) -> str:
    screen = Screen(language)
    screen.out = Console(file=io.StringIO(), width=160, soft_wrap=True)
    context = SimpleNamespace(screen=screen)
    if case.startswith("mutants"):
        show_mutants(context, CASES[case])
    for each in CASES[case] if case.startswith("mistake") else ():
        show_proof(context, "noodles", each, shows_reader=True)
    return screen.out.file.getvalue()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("case", sorted(CASES))
def test_what_is_printed(case: str, language: str) -> None:
    """The text is exactly the one kept."""
    path, actual = GOLDEN / f"{case}.{language}.txt", printed(case, language)
    if os.environ.get("GOLDEN") == "write" and not path.exists():
        path.write_text(actual, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == actual


def test_what_is_kept_is_printed() -> None:
    """No golden text without its case."""
    assert {path.name for path in GOLDEN.iterdir()} == {f"{case}.{lang}.txt" for case in CASES for lang in LANGUAGES}


def test_a_mutant_as_data() -> None:
    """Who noticed it and after how many schedules; a text to paste only where nobody did."""
    noticed, survivor = mutated({0: RACE}, {})[:2]
    data = mutant_json("noodles", noticed, [noticed, survivor])
    assert data["killed_by"] == {"check": "test_2", "verdict": "race", "schedules": 20}
    assert data["paste"] is None
    assert (data["survives"], data["holds"]) == (False, True)
    data = mutant_json("noodles", survivor, [noticed, survivor])
    assert data["killed_by"] is None
    assert data["paste"] == '{swap: "with noodle:", why: "..."}'
    assert data["change"] == {"swap": "with noodle:"}


@pytest.mark.parametrize(
    "verdict", [HOLDS, Verdict.PENDING, Verdict.NOT_RUN, Verdict.REVIEW, Verdict.UNSUPPORTED, Verdict.INFRA]
)
def test_what_says_nothing_kills_nothing(verdict: Verdict) -> None:
    """A mutant is noticed by a verdict on the file only; what could not be judged is a fault of its own."""
    (one, *_) = mutated({0: verdict}, {})
    assert one.survives is (verdict is not Verdict.INFRA)
    assert one.holds is (verdict is not Verdict.INFRA)
    assert not replace(one, candidate=replace(one.candidate, kind="mistake")).survives
