"""Calls of public scenarios that a student may have: those of visible checks, written with plain values of which none is asked for.

They are read out of the tests without running them. What cannot be told by reading (a parameter, a computed value) stays at home.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from grader.course.checks import TestFunction
from sandbox import protocol

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from grader.course.assignment import Assignment
    from grader.course.reference import Reference

WATCH = "note start join"
RUNS = frozenset({"call", "explore", "script"})  # what runs student code: its arguments are asked with, not asked for


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a scenario; `name` "" is the file as a script."""

    name: str
    args: tuple[Any, ...]
    watch: tuple[str, ...] = ()
    stdin: str = ""


def calls(assignment: Assignment, reference: Reference) -> tuple[Call, ...]:
    """In the order of the tests, each once; then the scenarios that take nothing but the student's module."""
    found: list[Call] = []
    if "test_reference.py" in reference.files:
        tests = Tests(reference.text("test_reference.py"))
        visible = [c.name for c in assignment.checks if c.visibility == "visible" and isinstance(c.kind, TestFunction)]
        found += [call for name in visible for call in tests.calls(name)]
    names = {call.name for call in found}
    if "scenarios.py" in reference.files:
        found += [Call(name, ()) for name in _alone(reference.text("scenarios.py")) if name not in names]
    unique: list[Call] = []
    for call in found:
        if call not in unique:
            unique.append(call)
    return tuple(unique)


class Tests:
    """A test file as text."""

    __test__ = False

    def __init__(self, source: str) -> None:
        tree = ast.parse(source)
        self.functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
        self.constants: dict[str, Any] = {}
        for node in tree.body:
            if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
                try:
                    self.constants[node.targets[0].id] = ast.literal_eval(node.value)
                except ValueError:
                    continue
        self.helpers = RUNS | set(self.functions)
        self.expected = list(self._expected(tree))

    def calls(self, test: str) -> Iterator[Call]:
        """Those of one test and of the fixtures it names."""
        function = self.functions.get(test)
        if function is None:
            return
        for parameter in function.args.args:
            if parameter.arg != test and parameter.arg in self.functions:
                yield from self.calls(parameter.arg)
        for node in ast.walk(function):
            if isinstance(node, ast.Call):
                call = self._call(node)
                if call is not None and not any(self._is_expected(each) for each in leaves([*call.args, call.stdin])):
                    yield call

    def _call(self, node: ast.Call) -> Call | None:
        is_call = isinstance(node.func, ast.Name) and node.func.id == "explore"
        is_script = ast.unparse(node.func) == "script.explore"
        if not is_call and not is_script:
            return None
        try:
            args = [self._value(each) for each in node.args]
            named = {
                each.arg: self._value(each.value)
                for each in node.keywords
                if each.arg in ("args", "stdin", "watch", "files")
            }
            protocol.dump_value(args)
        except (ValueError, protocol.ProtocolError):
            return None
        watch = str(named.get("watch", WATCH if is_call else "start join"))
        if is_call:
            return Call(args[0], tuple(args[1:]), tuple(watch.split())) if args and isinstance(args[0], str) else None
        if named.get("files") or len(args) > 1:
            return None
        words = args[0] if args else named.get("args", [])
        return Call("", tuple(map(str, words)), tuple(watch.split()), str(named.get("stdin", "")))

    def _value(self, node: ast.expr) -> Any:
        """Raises ValueError for what is no plain value."""
        if isinstance(node, ast.Name) and node.id in self.constants:
            return self.constants[node.id]
        return ast.literal_eval(node)

    def _expected(self, node: ast.AST, *, compared: bool = False) -> Iterator[Any]:
        """Every plain value with which something is compared, anywhere in the file."""
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in self.helpers:
            return
        compared = compared or isinstance(node, ast.Compare)
        if compared and isinstance(node, ast.Constant):
            yield node.value
        if compared and isinstance(node, ast.Name) and node.id in self.constants:
            yield from leaves(self.constants[node.id])
        for child in ast.iter_child_nodes(node):
            yield from self._expected(child, compared=compared)

    def _is_expected(self, value: Any) -> bool:
        return any(type(value) is type(each) and value == each for each in self.expected)


def leaves(value: Any) -> Iterator[Any]:
    """The plain values in a value, with the keys of dicts; nothing, "" and truth values tell nothing."""
    if isinstance(value, dict):
        for key, each in value.items():
            yield from leaves(key)
            yield from leaves(each)
    elif isinstance(value, list | tuple | set | frozenset):
        for each in value:
            yield from leaves(each)
    elif value is not None and value != "" and not isinstance(value, bool):
        yield value


def _alone(source: str) -> Iterator[str]:
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            arguments = node.args
            if len(arguments.args) == 1 and not (arguments.vararg or arguments.kwonlyargs or arguments.kwarg):
                yield node.name


def as_json(call: Call, assignment: Assignment, scenarios: str) -> Mapping[str, Any]:
    """As `grader explore --scenario` takes it."""
    return {
        "scenario": {"name": call.name, "args": protocol.dump_value(list(call.args)), "source": scenarios if call.name else ""},
        "watch": list(call.watch), "stdin": call.stdin, "prelude": assignment.prelude, "files": dict(assignment.files),
    }  # fmt: skip
