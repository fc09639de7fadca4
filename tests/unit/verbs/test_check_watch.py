"""`check --watch` and mutants: they come last, and a save does not wait for them."""

from __future__ import annotations

import io
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest
from rich.console import Console

from grader.console import Screen
from grader.judge.check import Candidate, Proof
from grader.judge.mutate import mutants
from grader.judge.records import Grading
from grader.verbs import checking

if TYPE_CHECKING:
    from collections.abc import Iterator

SOURCE = "def f():\n    with a:\n        pass\n    with b:\n        pass\n"
NOTHING = Grading("e", "s", "bubblewrap", "3.11", (), 1)


@pytest.fixture
def judged(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was judged, in order; "closed" when the rest was given up."""
    seen: list[str] = []

    def prove_all(*_: object, **__: object) -> Iterator[Proof]:
        yield Proof(Candidate("solution", "solution", b"", {}), NOTHING, (), ())

    def prove_mutants(*_: object, **__: object) -> Iterator[Proof]:
        try:
            for mutant in mutants(SOURCE):
                seen.append(mutant.code)
                yield Proof(Candidate("m", "mutant", b"", {}, mutant), NOTHING, (), ())
        finally:
            seen.append("closed")

    monkeypatch.setattr(checking, "prove_all", prove_all)
    monkeypatch.setattr(checking, "prove_mutants", prove_mutants)
    monkeypatch.setattr(checking, "is_explored", lambda _proof: True)
    monkeypatch.setattr(checking.Version, "of", lambda *_: None)
    return seen


def context() -> SimpleNamespace:
    screen = Screen("en")
    screen.out = Console(file=io.StringIO(), width=160)
    return SimpleNamespace(screen=screen, workspace=SimpleNamespace(course=None, settings=SimpleNamespace(home=None)))


def test_a_save_interrupts_the_mutants(judged: list[str]) -> None:
    """The rest is given up and nothing is said of a part; without a save all are told."""
    c = context()
    assert checking.check_mutants(c, "x", "auto", {}, lambda: True)
    assert judged == ["with a:", "closed"]
    assert c.screen.out.file.getvalue() == ""
    judged.clear()
    assert checking.check_mutants(c, "x", "auto", {})
    assert judged == ["with a:", "with b:", "closed"]
    assert "0 noticed, 2 not" in c.screen.out.file.getvalue()


def test_no_mutants_where_the_solution_was_not_explored(judged: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is judged and nothing said."""
    monkeypatch.setattr(checking, "is_explored", lambda _proof: False)
    c = context()
    assert checking.check_mutants(c, "x", "auto", {})
    assert judged == []
    assert c.screen.out.file.getvalue() == ""


def test_whether_something_was_saved_is_asked_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    """Twice a second at most; a yes is kept, so that no save is forgotten."""
    now, asked = [0.0], []
    monkeypatch.setattr(checking, "time", SimpleNamespace(monotonic=lambda: now[0]))
    answers = iter([False, True])

    def question() -> bool:
        asked.append(now[0])
        return next(answers)

    is_stale = checking._now_and_then(question)
    told = []
    for now[0] in (0.1, 0.6, 0.7, 1.2, 1.3, 9.0):
        told.append(is_stale())
    assert asked == [0.6, 1.2]
    assert told == [False, False, False, True, True, True]
