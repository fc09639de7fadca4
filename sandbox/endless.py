"""Whether a program that used up its budget looks as if it went on for ever, or is merely long: by the loops it stands in."""

from __future__ import annotations

import ast

LARGE = 1000  # a loop that compares with so large a number counts up to it
UNENDING = frozenset(("count", "cycle", "repeat", "iter"))


class Loops:
    """The loops of one file that may never end."""

    def __init__(self, source: str) -> None:
        try:
            tree = ast.parse(source)
        except (SyntaxError, ValueError, RecursionError):
            tree = ast.Module([], [])
        self._lines = [
            (node.lineno, node.end_lineno or node.lineno)
            for node in ast.walk(tree)
            if (isinstance(node, ast.While) and not _counts(node.test))
            or (isinstance(node, ast.For) and _unending(node.iter))
        ]

    def around(self, line: int) -> bool:
        """Whether one of them is around a line."""
        return any(first <= line <= last for first, last in self._lines)


def _counts(test: ast.expr) -> bool:
    return any(
        isinstance(node, ast.Constant) and type(node.value) is int and node.value >= LARGE for node in ast.walk(test)
    )


def _unending(about: ast.expr) -> bool:
    if not isinstance(about, ast.Call):
        return False
    name = about.func.attr if isinstance(about.func, ast.Attribute) else getattr(about.func, "id", "")
    return name in UNENDING
