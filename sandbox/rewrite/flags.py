"""What a program could reach into the scheduler with, by line. A flag is no proof: a person looks at it."""

from __future__ import annotations

import ast
import sys

from sandbox.rewrite.names import REACHING, RUNNING, STDLIB_FLAGS, hook_names


def flags_of(tree: ast.Module) -> tuple[tuple[str, int], ...]:
    """(name, line), in the order of the text."""
    modules = {
        alias.asname or alias.name.partition(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import)
        for alias in node.names
        if alias.name.partition(".")[0] in sys.stdlib_module_names
    }
    hooks = hook_names()
    found: list[tuple[int, int, str]] = []
    for node in ast.walk(tree):
        for name in _names(node, modules, hooks):
            line, column = getattr(node, "lineno", 0), getattr(node, "col_offset", 0)
            found.append((line, column, name))
    return tuple(dict.fromkeys((name, line) for line, _, name in sorted(found)))


def _names(node: ast.AST, modules: set[str], hooks: frozenset[str]) -> list[str]:
    if isinstance(node, ast.Attribute):
        if node.attr in REACHING:
            return [node.attr]
        if isinstance(node.value, ast.Name) and node.value.id in modules:
            if node.value.id == "sys" and node.attr == "modules":
                return ["sys.modules"]
            if not isinstance(node.ctx, ast.Load):
                return [f"{node.value.id}.{node.attr} ="]
    elif isinstance(node, ast.Name):
        if node.id in REACHING or node.id in RUNNING or node.id in hooks:
            return [node.id]
    elif isinstance(node, ast.Constant):
        if isinstance(node.value, str) and (node.value in REACHING or node.value in hooks):
            return [node.value]
    elif isinstance(node, ast.Import):
        return [name for alias in node.names if (name := alias.name.partition(".")[0]) in STDLIB_FLAGS]
    elif isinstance(node, ast.ImportFrom):
        base = (node.module or "").partition(".")[0]
        if base in STDLIB_FLAGS and not node.level:
            return [base]
        if base == "sys" and any(alias.name == "modules" for alias in node.names):
            return ["sys.modules"]
    elif (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in ("getattr", "setattr", "delattr")
    ):
        if len(node.args) < 2 or not isinstance(node.args[1], ast.Constant):
            return [node.func.id]
        if node.func.id != "getattr" and isinstance(node.args[0], ast.Name) and node.args[0].id in modules:
            return [f"{node.args[0].id}.{node.args[1].value!s} ="]
    return []
