"""Every trap of the format: what an instructor wrote, and the whole error in both languages.

A case is a folder: `exercise.yaml`, `course.yaml` or `mistakes.yaml` (the one that is wrong), any other file of the reference
folder (with `.input` behind its name, so that no tool takes it for Python), and `expected.en.txt`, `expected.zh.txt`. To write expectations anew, delete them and run once with GOLDEN=write;
then read what was written.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from grader.course.assignment import load_assignment
from grader.course.course import load_course
from grader.course.mistakes import load_mistakes
from grader.course.reference import load_reference
from grader.errors import GraderError
from grader.language import LANGUAGES
from tests.unit.course.support import write

GOLDEN = Path(__file__).parent / "golden"
CASES = sorted(path.name for path in GOLDEN.iterdir())
PLACES = {"exercise.yaml": "assignments/demo.yaml", "course.yaml": "assignments/course.yaml"}


def rendered(case: Path, root: Path, language: str) -> str:
    inputs = [path for path in sorted(case.iterdir()) if not path.name.startswith("expected.")]
    write(
        root,
        {
            PLACES.get(path.name, f"reference/demo/{path.name.removesuffix('.input')}"): path.read_bytes()
            for path in inputs
        },
    )
    try:
        course = load_course(root)
        load_mistakes(load_assignment(course, "demo"), load_reference(course, "demo"))
    except GraderError as error:
        return error.render(language) + "\n"
    return "no error\n"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("case", CASES)
def test_an_error_says_where_what_and_what_to_do(case: str, language: str, tmp_path: Path) -> None:
    """The rendered error is exactly the one kept beside the input."""
    expected = GOLDEN / case / f"expected.{language}.txt"
    actual = rendered(GOLDEN / case, tmp_path, language)
    if os.environ.get("GOLDEN") == "write" and not expected.exists():
        expected.write_text(actual, encoding="utf-8")
    assert expected.read_text(encoding="utf-8") == actual


def test_no_case_is_an_accident() -> None:
    """Every case ends in an error that names a line, but for those whose fault has none."""
    without_line = {"exercise-too-large", "course-yml-suffix", "exercise-empty"}
    for case in CASES:
        text = (GOLDEN / case / "expected.en.txt").read_text(encoding="utf-8")
        assert text != "no error\n", case
        assert case in without_line or ".yaml:" in text or ".py:" in text, case
