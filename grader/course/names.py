"""What the files of a reference folder define, read from their syntax trees; nothing of them is executed here."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from grader.course.files import read_bytes
from grader.course.near import near
from grader.errors import CourseError, GraderError, Place, Problems
from grader.language import say

if TYPE_CHECKING:
    from pathlib import Path

    from grader.course.assignment import Assignment
    from grader.course.tree import Map

REFERENCE = "reference"


def defined(source: bytes, file: str) -> dict[str, Place]:
    """Names of functions and classes a module defines at its top level, also inside `if` and `try`, with their places.

    Raises Problems when it is no Python.
    """
    try:
        tree = ast.parse(source)
    except SyntaxError as error:
        place = Place(file, error.lineno or 0, error.offset or 0)
        raise Problems(
            [
                CourseError(
                    say("This is no Python: {reason}.", reason=error.msg),
                    place=place,
                    remedy=say("Run it once with Python."),
                )
            ]
        ) from None
    except (ValueError, RecursionError, MemoryError) as error:
        raise Problems(
            [
                CourseError(
                    say("This is no Python: {reason}.", reason=str(error)),
                    place=Place(file),
                    remedy=say("Run it once with Python."),
                )
            ]
        ) from None
    names: dict[str, Place] = {}
    todo: list[ast.AST] = list(reversed(tree.body))
    while todo:
        node = todo.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names[node.name] = Place(file, node.lineno, node.col_offset + 1)
        elif isinstance(node, ast.If | ast.Try | ast.With):
            todo += reversed(list(ast.iter_child_nodes(node)))
        elif isinstance(node, ast.ExceptHandler):
            todo += reversed(node.body)
    return names


def cross_check(root: Path, assignment: Assignment, tree: Map) -> list[GraderError]:
    """Tests and checks must be the same names; scenarios and the student's file must not share one.

    A reference folder that is not there yet is no fault here: reading the reference reports it.
    """
    from grader.course.checks import TestFunction  # noqa: PLC0415

    folder = f"{REFERENCE}/{assignment.name}"
    if not (root / folder).is_dir():
        return []
    found: list[GraderError] = []
    tested = (check.name for check in assignment.checks if isinstance(check.kind, TestFunction))
    wanted = [name for name in tested if name.isidentifier()]  # another name is reported elsewhere
    tests = _names(root, f"{folder}/test_reference.py", found)
    if tests is not None:
        for name, place in tests.items():
            if name.startswith("Test"):
                message = say("The tests of the class `{name}` are no checks.", name=name)
                found.append(CourseError(message, place=place, remedy=say("Write them as functions.")))
        tests = {name: place for name, place in tests.items() if name.startswith("test")}
        for name in wanted:
            if name not in tests:
                match = near(name, [test for test in tests if test not in wanted])
                remedy = (
                    say("Did you mean `{match}`?", match=match)
                    if match
                    else say("Write `def {name}(...)` there, or say `run:`, `manual:` or `quiz:`.", name=name)
                )
                message = say("{file} has no function `{name}`.", file=f"{folder}/test_reference.py", name=name)
                found.append(CourseError(message, place=tree.key_at(("checks", name)), remedy=remedy))
        for name, place in tests.items():
            check = assignment.check(name)
            if check is None:
                message = say(
                    "The test `{name}` is no check of {file}.", name=name, file=f"assignments/{assignment.name}.yaml"
                )
                match = near(name, [each for each in wanted if each not in tests])
                remedy = (
                    say("Did you mean `{match}`?", match=match) if match else say("Give it points there, or rename it.")
                )
                found.append(CourseError(message, place=place, remedy=remedy))
            elif not isinstance(check.kind, TestFunction):
                message = say("`{name}` is a check without Python and a test function at once.", name=name)
                found.append(
                    CourseError(message, place=tree.key_at(("checks", name)), remedy=say("Rename one of them."))
                )
    elif wanted and not found:
        message = say("{file} does not exist, but checks ask for its tests.", file=f"{folder}/test_reference.py")
        found.append(CourseError(message, place=tree.key_at(("checks", wanted[0])), remedy=say("Write it.")))
    scenarios = _names(root, f"{folder}/scenarios.py", found) or {}
    for n, each in enumerate(assignment.submit.provides):
        if each.top in scenarios:
            message = say(
                "`{name}` is provided by the student and defined in {place} too.",
                name=each.top,
                place=scenarios[each.top],
            )
            found.append(
                CourseError(message, place=tree.at(("submit", "provides", n)), remedy=say("Rename one of them."))
            )
    return found


def _names(root: Path, file: str, found: list[GraderError]) -> dict[str, Place] | None:
    if not (root / file).exists():
        return None
    try:
        return defined(read_bytes(root, file), file)
    except Problems as problems:
        found += problems.problems
        return None
