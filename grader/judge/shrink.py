"""A critical section that begins one statement later, or ends one earlier: what may be moved out, and how."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from grader.judge.edits import Edit, swap

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

LOCKISH = re.compile(r"lock|mutex|sem|cond|guard|锁", re.IGNORECASE)
NEEDS_ITS_LOCK = frozenset({"wait", "wait_for", "notify", "notify_all", "notifyAll"})
STAYS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Global, ast.Nonlocal, ast.Import, ast.ImportFrom)


@dataclass(frozen=True, slots=True)
class Scope:
    """A function, class or module: its dotted name, the names only it can see, and the locks it takes and gives back itself."""

    name: str
    own: frozenset[str]
    acquired: frozenset[str]
    released: frozenset[str]

    @classmethod
    def of(cls, node: ast.AST, name: str = "") -> Self:
        """Of one such node. What a module or class has, everybody sees."""
        inside = list(_inside(node))
        own = set[str]()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            own |= {each.arg for each in ast.walk(node.args) if isinstance(each, ast.arg)}
            own |= {each.id for each in inside if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)}
            for each in inside:
                if isinstance(each, ast.Global | ast.Nonlocal):
                    own -= set(each.names)
        return cls(name, frozenset(own), _called_on(inside, "acquire"), _called_on(inside, "release"))

    def into(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> Self:
        """The scope of a function or class in this one."""
        return self.of(node, f"{self.name}.{node.name}".removeprefix("."))

    def shares(self, statement: ast.stmt) -> bool:
        """Whether a statement can see or change what other tasks see: only then does it matter where it stands."""
        return any(
            isinstance(node, ast.Attribute | ast.Subscript | ast.Call)
            or (isinstance(node, ast.Name) and node.id not in self.own)
            for node in ast.walk(statement)
        )


def _inside(scope: ast.AST) -> Iterator[ast.AST]:
    """Nodes of a scope without those of functions and classes in it."""
    todo = list(ast.iter_child_nodes(scope))
    while todo:
        node = todo.pop()
        yield node
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
            todo.extend(ast.iter_child_nodes(node))


def _called_on(nodes: Sequence[ast.AST], method: str) -> frozenset[str]:
    return frozenset(
        ast.unparse(node.func.value)
        for node in nodes
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == method
    )


def is_lock(item: ast.withitem) -> bool:
    """`with name:` without `as` is a lock in all homework read; a call is one only if its name says so (not `open(...)`)."""
    expression = item.context_expr
    if item.optional_vars is not None:
        return False
    if isinstance(expression, ast.Call):
        return bool(LOCKISH.search(ast.unparse(expression.func)))
    return isinstance(expression, ast.Name | ast.Attribute | ast.Subscript)


def shrunk(
    node: ast.With | ast.AsyncWith, scope: Scope, lines: Sequence[str]
) -> Iterator[tuple[ast.stmt, tuple[Edit, ...]]]:
    """What comes first in a `with` before it, what comes last behind it: as little as makes a difference."""
    body = node.body
    if not all(is_lock(item) for item in node.items):
        return
    if not all(_is_first_on_its_line(each, lines) for each in (node, *body)) or body[0].lineno == node.lineno:
        return
    sharing = [at for at, statement in enumerate(body) if scope.shares(statement)]
    if len(sharing) < 2:
        return  # that would be all of it
    head, tail = body[: sharing[0] + 1], body[sharing[-1] :]
    if all(_may_move(statement) for statement in head):
        begin, end = body[0].lineno, head[-1].end_lineno or 0
        moved = [_dedented(line, body[0], node) for line in lines[begin - 1 : end]]
        text = "".join([*moved, *lines[node.lineno - 1 : begin - 1]])
        yield head[-1], (Edit(node.lineno, 0, end + 1, 0, text, has_lines=True),)
    if all(_may_move(statement) for statement in tail):
        places = range(tail[0].lineno, (tail[-1].end_lineno or 0) + 1)
        margin = tail[0].col_offset
        yield (
            tail[0],
            tuple(Edit(n, node.col_offset, n, margin, "") for n in places if _is_margin(lines[n - 1][:margin], margin)),
        )


def _is_first_on_its_line(node: ast.stmt, lines: Sequence[str]) -> bool:
    return not lines[node.lineno - 1].encode()[: node.col_offset].strip()


def _dedented(line: str, inner: ast.stmt, outer: ast.stmt) -> str:
    gone = line[: inner.col_offset]
    return gone[: outer.col_offset] + line[inner.col_offset :] if _is_margin(gone, inner.col_offset) else line


def _is_margin(text: str, wide: int) -> bool:
    return len(text) == wide and not text.strip(" \t")


def _may_move(statement: ast.stmt) -> bool:
    """Whether it can stand outside the lock."""
    for node in ast.walk(statement):
        if isinstance(node, ast.Constant | ast.JoinedStr) and node.lineno != node.end_lineno:
            return False  # its lines are no lines of code
        if isinstance(node, ast.Attribute) and node.attr in NEEDS_ITS_LOCK:
            return False
    return not isinstance(statement, STAYS)


def shrunk_pairs(block: list[ast.stmt], scope: Scope) -> Iterator[tuple[ast.stmt, tuple[Edit, ...]]]:
    """The same between `acquire()` and `release()` of one lock as statements of one block."""
    for at, statement in enumerate(block):
        lock = _on(statement, "acquire")
        end = next((n for n in range(at + 1, len(block)) if lock and _on(block[n], "release") == lock), None)
        if lock is None or end is None or end - at < 3:
            continue
        for moved, other in ((block[at + 1], statement), (block[end - 1], block[end])):
            is_plain = moved.lineno == moved.end_lineno and not isinstance(moved, ast.Return) and not _is_taking(moved)
            if is_plain and _may_move(moved) and scope.shares(moved):
                yield moved, swap(moved, other)


def _on(statement: ast.stmt, method: str) -> str | None:
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        function = statement.value.func
        if isinstance(function, ast.Attribute) and function.attr == method:
            return ast.unparse(function.value)
    return None


def _is_taking(statement: ast.stmt) -> bool:
    return any(_on(statement, method) is not None for method in ("acquire", "release"))
