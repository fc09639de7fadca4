"""Where the CPython it runs on can switch: after a call, at the entry of a function, on the way back in a loop, not in a plain `x += 1`.

Since 3.10 the default build looks for a request to switch only there (research: measured over 3.8 to 3.13). An approximation by the text:
between two accesses of one function, in the order of the text, there can be a switch when a call ends between them.
"""

from __future__ import annotations

import ast
from bisect import bisect_right

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.rewrite import Sites
    from sandbox.scheduler.task import Task

    Position = tuple[int, int]

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


class Realism:
    """Asked by the engine at every access and, with site 0, at every other step."""

    def __init__(self, files: Mapping[str, str], sites: Sites) -> None:
        self._files = files
        self._sites = sites
        self._texts: dict[str, Text] = {}
        self._last: dict[int, int] = {}
        self._known: dict[tuple[int, int], bool] = {}

    def reset(self) -> None:
        """Before every run."""
        self._last = {}

    def __call__(self, task: Task, site: int) -> bool:
        """Whether there can be a switch before this access."""
        last = self._last.get(task.number, 0)
        self._last[task.number] = site
        if not last or not site:
            return True
        known = self._known.get((last, site))
        if known is None:
            known = self._known[last, site] = self._between(last, site)
        return known

    def _between(self, last: int, site: int) -> bool:
        before, after = self._sites[last], self._sites[site]
        if last == site or before.file != after.file:
            return True
        text = self._texts.get(after.file)
        if text is None:
            text = self._texts[after.file] = Text(self._files[after.file])
        return text.has_call(
            text.when(before.line, before.column, is_write=before.is_write), (before.line, before.column),
            text.when(after.line, after.column, is_write=after.is_write), (after.line, after.column),
        )  # fmt: skip


class Text:
    """Positions of one file: ends of calls, statements, functions."""

    def __init__(self, source: str) -> None:
        tree = ast.parse(source)
        self._calls: list[Position] = []
        self._statements: list[tuple[Position, Position]] = []
        self._functions: list[tuple[Position, Position]] = []
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                self._calls.append(end(node))
            elif isinstance(node, ast.With | ast.AsyncWith):
                self._calls += [end(item.context_expr) for item in node.items]
            if isinstance(
                node, ast.Assign | ast.AugAssign | ast.AnnAssign | ast.NamedExpr | ast.Delete | ast.Expr | ast.Return
            ):
                self._statements.append((begin(node), end(node)))
            if isinstance(node, FUNCTIONS):
                self._functions.append((begin(node), end(node)))
        self._calls.sort()
        self._statements.sort()

    def when(self, line: int, column: int, *, is_write: bool) -> Position:
        """Where in the order of the text it happens: a store at the end of its statement."""
        if not is_write:
            return (line, column)
        place = bisect_right(self._statements, ((line, column), (1 << 30, 0))) - 1
        if place >= 0 and self._statements[place][0] <= (line, column) <= self._statements[place][1]:
            return self._statements[place][1]
        return (line, column)

    def function(self, place: Position) -> Position | None:
        """The beginning of the innermost function around a place."""
        around = [first for first, last in self._functions if first <= place <= last]
        return max(around, default=None)

    def has_call(self, before: Position, text_before: Position, after: Position, text_after: Position) -> bool:
        """Whether a call ends between the two, or there is a loop or another function between."""
        if after <= before and text_after < text_before:
            return True
        if self.function(text_before) != self.function(text_after):
            return True
        return any(before < call <= after for call in self._calls)


def begin(node: ast.expr | ast.stmt) -> Position:
    return (node.lineno, node.col_offset)


def end(node: ast.expr | ast.stmt) -> Position:
    return (node.end_lineno or node.lineno, node.end_col_offset or node.col_offset)
