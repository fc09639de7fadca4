"""What every shipped exercise has, whatever it is about."""

import ast
import sys
from decimal import Decimal
from pathlib import Path

import pytest

from grader.course.checks import TestFunction
from grader.course.course import load_course
from grader.course.mistakes import load_mistakes
from grader.course.quiz import Quiz
from grader.course.roster import read_roster
from grader.course.version import Version

ROOT = Path(__file__).parents[3]
COURSE = load_course(ROOT)
NAMES = COURSE.assignments()
PROGRAMS = [name for name in NAMES if Version.of(COURSE, name).assignment.submit.file]


@pytest.fixture
def version(name):
    return Version.of(COURSE, name)


@pytest.mark.parametrize("name", NAMES)
def test_points_add_up_to_ten(version):
    """Every exercise is worth ten points, so that days weigh the same."""
    assert version.assignment.max_points == Decimal(10)


@pytest.mark.parametrize("name", NAMES)
def test_it_is_due_by_the_schedule(version):
    """Next term changes the schedule and no exercise; what is not in it is an extra of no day, due never."""
    assert version.assignment.due == COURSE.schedule.get(version.assignment.name)
    assert (version.assignment.due is None) == (version.assignment.day is None)


@pytest.mark.parametrize("name", NAMES)
def test_texts_exist_in_both_languages(version):
    """Titles and statements can be read by a student who has no Chinese."""
    a = version.assignment
    texts = [a.title, a.statement, *(check.title for check in a.checks if not isinstance(check.kind, Quiz))]
    assert all(text is not None and text.zh and text.en for text in texts)


@pytest.mark.parametrize("name", PROGRAMS)
def test_every_check_says_what_to_do_next(version):
    """A student who lost a check reads a hint."""
    assert [check.name for check in version.assignment.checks if check.hint is None] == []


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_hang_costs_little(version):
    """Limits of its own keep a class full of hanging programs short."""
    assert version.assignment.limits.wall <= 3
    assert version.assignment.limits.cpu <= 2


@pytest.mark.parametrize("name", PROGRAMS)
def test_checks_and_test_functions_are_the_same(version):
    """No test function is left out of the score, no check is without its test."""
    tree = ast.parse(version.reference.text("test_reference.py"))
    functions = {f.name for f in tree.body if isinstance(f, ast.FunctionDef) and f.name.startswith("test")}
    assert functions == {check.name for check in version.assignment.checks if isinstance(check.kind, TestFunction)}


@pytest.mark.parametrize("name", PROGRAMS)
def test_scenarios_import_stage_and_the_standard_library_only(version):
    """Scenarios are public and run on a student's own machine."""
    source = version.reference.files.get("scenarios.py", b"")
    modules = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            modules |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            modules.add((node.module or "").partition(".")[0])
    assert modules <= {"stage", *sys.stdlib_module_names}


@pytest.mark.parametrize("name", PROGRAMS)
def test_the_starter_has_what_is_asked_for(version):
    """A student begins with every name of the task, each with its parameters."""
    there = signatures(ast.parse(version.reference.text("starter.py")))
    for each in version.assignment.submit.provides:
        assert there.get((each.owner, each.name)) == each.parameters
        assert each.owner is None or (None, each.owner) in there


def signatures(tree):
    """Parameters of functions and classes without annotations and self, by class (None outside) and name."""
    found = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.arg):
            node.annotation = None
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            found[None, node.name] = ast.unparse(node.args)
        elif isinstance(node, ast.ClassDef):
            found[None, node.name] = ""
            for method in [each for each in node.body if isinstance(each, ast.FunctionDef)]:
                method.args.args = method.args.args[1:]
                key = (None, node.name) if method.name == "__init__" else (node.name, method.name)
                found[key] = ast.unparse(method.args)
    return found


@pytest.mark.parametrize("name", PROGRAMS)
def test_some_mistakes_lose_points_and_some_other_ways_lose_none(version):
    """Tests are tried against classic mistakes, and against right answers that look different."""
    mistakes = load_mistakes(version.assignment, version.reference)
    assert sum(bool(mistake.loses) for mistake in mistakes) >= 5
    assert any(not mistake.loses for mistake in mistakes)


def test_the_roster_loads_without_a_problem():
    """The sample class list is read as it stands."""
    roster = read_roster(COURSE.roster.read_bytes(), COURSE.encoding)
    assert roster.problems == ()
    assert len(roster.students) == 7
