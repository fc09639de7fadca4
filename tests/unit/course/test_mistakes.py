"""mistakes.yaml. Its errors are in the golden folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.course.assignment import load_assignment
from grader.course.mistakes import apply, do_nothing, load_equivalents, load_mistakes
from grader.course.reference import load_reference
from grader.judge.mutate import mutants
from grader.judge.verdicts import Verdict
from tests.unit.course.support import EXERCISE, course

if TYPE_CHECKING:
    from pathlib import Path

    from grader.course.mistakes import Mistake
    from grader.course.reference import Reference

FAIL, HANG = frozenset({Verdict.FAIL}), frozenset({Verdict.HANG, Verdict.TIMEOUT})


def load(root: Path, text: str, **files: str) -> tuple[dict[str, Mistake], Reference]:
    extra = "  talk: {points: 1, manual: {ask: x}}\n  out: {points: 1, run: {lines: [x]}}\n"
    read = course(
        root,
        {"reference/demo/mistakes.yaml": text, "assignments/demo.yaml": EXERCISE + extra}
        | {f"reference/demo/{k}": v for k, v in files.items()},
    )
    reference = load_reference(read, "demo")
    return {mistake.name: mistake for mistake in load_mistakes(load_assignment(read, "demo"), reference)}, reference


def test_all_stands_for_every_test_and_run(tmp_path: Path) -> None:
    """Manual checks are nobody's to lose; what is listed beside `all` goes first; `a|b` allows either."""
    found, _ = load(tmp_path, 'm: {edit: ["range(n)", "range(1)"], loses: {all: fail, test_two: timeout|hang}}\n')
    assert dict(found["m"].loses) == {"test_one": FAIL, "test_two": HANG, "out": FAIL}


def test_an_edit_applies_wherever_its_text_stands(tmp_path: Path) -> None:
    """Every occurrence is replaced, edits one after the other."""
    found, reference = load(
        tmp_path,
        'm: {of: starter.py, edit: [["x", "y"], ["y = ", "z = "]], loses: {}}\n',
        **{"starter.py": "x = 1\nx = 2\r\n"},
    )
    assert apply(found["m"], reference) == b"z = 1\nz = 2\n"


def test_a_mistake_may_be_a_whole_file(tmp_path: Path) -> None:
    """Its bytes are used as they are."""
    found, reference = load(tmp_path, "m: {file: wrong.py, loses: {test_one: error}}\n", **{"wrong.py": "1/0\n"})
    assert apply(found["m"], reference) == b"1/0\n"


def test_equivalent_mutants_are_no_mistakes(tmp_path: Path) -> None:
    """`equivalent` explains mutants that nobody can see; spaces and quotes are not compared, `inside` and `nth` narrow it."""
    solution = "def f():\n    with noodle['a']:\n        pass\n    with noodle['a']:\n        pass\n"
    text = "equivalent: [{drop: 'with  noodle[\"a\"] :', inside: f, nth: 2, why: 只有一个线程}]\n"
    read = course(tmp_path, {"reference/demo/mistakes.yaml": text, "reference/demo/solution.py": solution})
    assignment, reference = load_assignment(read, "demo"), load_reference(read, "demo")
    assert load_mistakes(assignment, reference) == ()
    (found,) = load_equivalents(assignment, reference)
    assert [found.covers(mutant) for mutant in mutants(solution)] == [False, True]
    assert found.why == "只有一个线程"


def test_no_mistakes_file_means_no_mistakes(tmp_path: Path) -> None:
    """Whether that is enough for `publish` is for `check` to say."""
    read = course(tmp_path, {"reference/demo/mistakes.yaml": None})
    assignment = load_assignment(read, "demo")
    assert load_mistakes(assignment, load_reference(read, "demo")) == ()
    assert "class Counter" in do_nothing(assignment.submit)
