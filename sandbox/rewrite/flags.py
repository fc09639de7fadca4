"""What a program could reach into the scheduler with, by line. A flag is no proof: a person looks at it."""

from __future__ import annotations

import ast
import os
import sys

from sandbox.rewrite.names import REACHING, RUNNING, STDLIB_FLAGS, hook_names

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Container, Sequence


def flags_of(
    tree: ast.Module, own: Container[str] | None = None, packages: Sequence[str] = ()
) -> tuple[tuple[str, int], ...]:
    """(name, line), in the order of the text. `own`: modules of the program; `packages`: folders with what else it may import.

    Where `own` is given, an import of anything beyond these and the standard library is one of them.
    """
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
        strange = [] if own is None else [name for name in imported(node) if not is_known(name, own, packages)]
        for name in [*_names(node, modules, hooks), *strange]:
            line, column = getattr(node, "lineno", 0), getattr(node, "col_offset", 0)
            found.append((line, column, name))
    return tuple(dict.fromkeys((name, line) for line, _, name in sorted(found)))


def imported(node: ast.AST) -> list[str]:
    """Modules that a statement imports, by their first name."""
    if isinstance(node, ast.Import):
        return [alias.name.partition(".")[0] for alias in node.names]
    if isinstance(node, ast.ImportFrom) and node.module and not node.level:
        return [node.module.partition(".")[0]]
    return []


def is_known(name: str, own: Container[str], packages: Sequence[str]) -> bool:
    """Whether a module is the standard library's, the program's own, or out of a listed package."""
    if name in sys.stdlib_module_names or name in own:
        return True
    return any(os.path.exists(os.path.join(folder, end)) for folder in packages for end in (name, f"{name}.py"))


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
