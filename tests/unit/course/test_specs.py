"""Course files as anybody may write them: properties over random files and random slips of the pen."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.course.assignment import AssignmentSpec, load_assignment
from grader.course.checks import RunCheck
from grader.course.course import CourseSpec, load_course
from grader.course.mistakes import load_mistakes
from grader.course.reference import load_reference
from grader.errors import GraderError, Problems
from tests.unit.course.support import COURSE, EXERCISE, FILES, MISTAKES, write
from tests.unit.course.test_assignment import FULL
from tests.unit.course.test_course import FULL as FULL_COURSE

if TYPE_CHECKING:
    from grader.course.assignment import Assignment

SLIPS = st.sampled_from(
    [
        *list("'\"[]{}:,#&*!|>-?%@`\t\n ：，x0"),
        ": ",
        "- ",
        "\n  ",
        "null",
        "no",
        "12:30",
        "<<: ",
        "\\",
        "1e400",
        "!!python/none ",
    ]
)


@st.composite
def slipped(draw: st.DrawFn, text: str) -> str:
    """`text` with up to three cuts or insertions somewhere."""
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(text)))
        text = text[:at] + (draw(SLIPS) if draw(st.booleans()) else "") + text[at + draw(st.integers(0, 12)) :]
    return text


ROOT = Path(tempfile.mkdtemp(prefix="specs-"))
atexit.register(shutil.rmtree, ROOT, ignore_errors=True)
write(ROOT)


def load(files: dict[str, str]) -> Assignment:
    """The sound course with `files` in place of its own; one folder for all examples, for there are many."""
    for name, text in files.items():
        (ROOT / name).write_bytes(text.encode())
    try:
        assignment = load_assignment(load_course(ROOT), "demo")
        load_mistakes(assignment, load_reference(load_course(ROOT), "demo"))
        return assignment
    finally:
        for name in files:
            (ROOT / name).write_bytes(FILES[name].encode())


def check(files: dict[str, str]) -> None:
    """Loads, or fails with errors that each have a place, a remedy and both languages."""
    try:
        load(files)
    except GraderError as error:
        for each in error.problems if isinstance(error, Problems) else [error]:
            assert each.place is not None
            assert each.remedy is not None
            assert each.place.file in (
                "assignments/course.yaml",
                "assignments/demo.yaml",
                "reference/demo/mistakes.yaml",
                "reference/demo/test_reference.py",
            )
            assert each.render("zh")
            assert "function-" not in each.render("en")


@given(slipped(FULL) | slipped(EXERCISE))
@settings(max_examples=60, deadline=None)
def test_a_slip_in_an_exercise_is_an_error_with_a_place_or_nothing(text: str) -> None:
    """No slip of the pen raises anything but our errors."""
    check({"assignments/demo.yaml": text})


@given(slipped(FULL_COURSE) | slipped(COURSE))
@settings(max_examples=60, deadline=None)
def test_a_slip_in_the_course_is_an_error_with_a_place_or_nothing(text: str) -> None:
    """The same for course.yaml."""
    check({"assignments/course.yaml": text})


@given(slipped(MISTAKES * 2))
@settings(max_examples=40, deadline=None)
def test_a_slip_in_the_mistakes_is_an_error_with_a_place_or_nothing(text: str) -> None:
    """The same for mistakes.yaml."""
    check({"reference/demo/mistakes.yaml": text})


leaves: st.SearchStrategy[Any] = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text("ab :'\"\n[]例", max_size=8) | st.dates()
)
KEYS = sorted(
    {
        *AssignmentSpec.model_fields,
        *CourseSpec.model_fields,
        "points",
        "run",
        "quiz",
        "ask",
        "fill",
        "file",
        "provides",
        "test_one",
        "zh",
    }
)
trees = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4),
    max_leaves=10,
)


@given(st.dictionaries(st.sampled_from(KEYS), trees, max_size=8), st.booleans())
@settings(max_examples=60, deadline=None)
def test_any_tree_under_known_keys_is_an_error_with_a_place_or_nothing(
    tree: dict[str, object], is_course: bool
) -> None:
    """Right keys with wrong shapes are told, never a traceback."""
    check({f"assignments/{'course' if is_course else 'demo'}.yaml": yaml.safe_dump(tree, allow_unicode=True)})


class _Dumper(yaml.SafeDumper):
    """Writes decimals as plain numbers, and quotes what would be read as something else."""


_Dumper.add_representer(Decimal, lambda dumper, value: dumper.represent_scalar("tag:yaml.org,2002:float", str(value)))
texts = st.text(st.characters(exclude_categories=["Cc", "Cs", "Cn"]), min_size=1, max_size=30).filter(
    lambda s: s.strip() and not s.endswith('"')
)
names = st.from_regex(r"test_[a-z]{1,6}", fullmatch=True)
amounts = st.decimals(-100, 100, places=2)
runs = st.fixed_dictionaries(
    {
        "args": st.lists(texts, max_size=3),
        "stdin": texts,
        "exit": st.integers(0, 255),
        "lines": st.lists(texts, max_size=3),
    }
)


@given(
    st.dictionaries(names, st.tuples(amounts, runs, texts), min_size=1, max_size=5), texts, texts, st.integers(0, 99)
)
@settings(max_examples=40, deadline=None)
def test_what_is_written_is_what_is_read(
    checks: dict[str, tuple[Decimal, dict[str, Any], str]], title: str, statement: str, day: int
) -> None:
    """Texts letter by letter, points digit by digit, checks in their order."""
    first = next(iter(checks))
    checks[first] = (abs(checks[first][0]) + 1, *checks[first][1:])
    data = {
        "title": title,
        "statement": statement,
        "submit": {"file": "work.py"},
        "day": day,
        "checks": {name: {"points": amount, "run": run, "hint": hint} for name, (amount, run, hint) in checks.items()},
    }
    text = yaml.dump(data, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=10**6)
    read = load(
        {
            "assignments/demo.yaml": text,
            "reference/demo/test_reference.py": "",
            "reference/demo/mistakes.yaml": "a: {file: starter.py, loses: {}}\n",
        }
    )
    assert (read.title.zh, read.statement.zh, read.day) == (title, statement, day)
    assert [(c.name, c.points, c.kind, c.hint and c.hint.zh) for c in read.checks] == [
        (name, amount, RunCheck(tuple(run["args"]), run["stdin"], run["exit"], tuple(run["lines"])), hint)
        for name, (amount, run, hint) in checks.items()
    ]
    assert [str(c.points) for c in read.checks] == [str(amount) for amount, _, _ in checks.values()]
