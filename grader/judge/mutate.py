"""Small faults put into a correct program: a lock that is not taken, a join that is not waited for.

A spot check asks a student about one of them in the student's own file; the same list measures whether tests notice.
Pure text to text: nothing is run, no line is added or removed, so line numbers stay those of the original.
"""

from __future__ import annotations

import ast
import itertools
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

from grader.language import Message, say

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


class Kind(StrEnum):
    """What the fault is. The order of the members is no order of importance."""

    DROP_LOCK = "drop_lock"
    SWAP_LOCKS = "swap_locks"
    DROP_JOIN = "drop_join"
    DROP_TASK_DONE = "drop_task_done"
    DROP_SENTINEL = "drop_sentinel"
    WHILE_TO_IF = "while_to_if"
    DROP_DAEMON = "drop_daemon"
    NOTIFY_ONE = "notify_one"


QUESTIONS: dict[Kind, Message] = {
    Kind.DROP_LOCK: say("Suppose line {line} did not take the lock (`{code}`). What can happen then?"),
    Kind.SWAP_LOCKS: say(
        "Suppose the two locks were taken the other way round, from line {line} on (`{code}`). What can happen then?"
    ),
    Kind.DROP_JOIN: say("Suppose nobody waited in line {line} (`{code}`). What can happen then?"),
    Kind.DROP_TASK_DONE: say("Suppose line {line} did not report the work as done (`{code}`). What can happen then?"),
    Kind.DROP_SENTINEL: say("Suppose line {line} did not send the end mark (`{code}`). What can happen then?"),
    Kind.WHILE_TO_IF: say(
        "Suppose line {line} tested the condition only once, with `if` (`{code}`). What can happen then?"
    ),
    Kind.DROP_DAEMON: say("Suppose it were no daemon in line {line} (`{code}`). What can happen then?"),
    Kind.NOTIFY_ONE: say("Suppose line {line} woke only one task (`{code}`). What can happen then?"),
}


@dataclass(frozen=True, slots=True)
class Mutant:
    """One fault. `line` counts from 1 in the original; `source` is the whole changed file."""

    line: int
    kind: Kind
    source: str
    question: Message


@dataclass(frozen=True, slots=True)
class _Edit:
    """Replace the text of one node; offsets are UTF-8 bytes in a line, as `ast` counts."""

    line: int
    start: int
    end_line: int
    end: int
    text: str


LOCKISH = re.compile(r"lock|mutex|sem|cond|guard|锁", re.IGNORECASE)
SENTINELISH = re.compile(r"sentinel|stop|end|done|quit|exit|over|finish|poison|结束", re.IGNORECASE)
_LINE_END = re.compile(r"(?<=\n)|(?<=\r)(?!\n)")


def mutants(source: str) -> tuple[Mutant, ...]:
    """Every fault that can be put into `source`, in the order of lines, none twice; () where it is not Python."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ()
    found: dict[str, Mutant] = {}
    candidates = sorted(
        ((line, edits[0].start, kind, code, edits) for line, kind, code, edits in _faults(tree)),
        key=lambda fault: fault[:4],
    )
    for line, _, kind, code, edits in candidates:
        changed = _apply(source, edits)
        if changed != source and changed not in found and _parses(changed):
            question = Message(QUESTIONS[kind].text, {"line": line, "code": code})
            found[changed] = Mutant(line, kind, changed, question)
    return tuple(found.values())


def _parses(source: str) -> bool:
    try:
        ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


# Line, kind, the code as asked about, what to change.
_Fault: TypeAlias = tuple[int, Kind, str, tuple[_Edit, ...]]


def _faults(tree: ast.Module) -> Iterator[_Fault]:
    for node in ast.walk(tree):
        if isinstance(node, ast.With | ast.AsyncWith):
            yield from _with(node)
        elif isinstance(node, ast.While) and _waits(node) and not _leaves(node):
            word = _Edit(node.lineno, node.col_offset, node.lineno, node.col_offset + len("while"), "if")
            yield node.lineno, Kind.WHILE_TO_IF, "while " + ast.unparse(node.test), (word,)
        elif isinstance(node, ast.Call):
            yield from _daemon_argument(node)
        elif isinstance(node, ast.Assign):
            yield from _daemon_attribute(node)
        for block in _blocks(node):
            yield from _block(block)


def _blocks(node: ast.AST) -> Iterator[list[ast.stmt]]:
    for name in ("body", "orelse", "finalbody"):
        block = getattr(node, name, None)
        if isinstance(block, list) and block and isinstance(block[0], ast.stmt):
            yield block


def _with(node: ast.With | ast.AsyncWith) -> Iterator[_Fault]:
    locks = [item for item in node.items if _is_lock(item)]
    header = "with " + ", ".join(ast.unparse(item) for item in node.items) + ":"
    for item in locks:
        if len(node.items) == 1:
            first = node.items[0].context_expr
            head = _Edit(
                node.lineno, node.col_offset, first.end_lineno or node.lineno, first.end_col_offset or 0, "if True"
            )
        else:  # the others stay; an empty context is easier than moving commas
            head = _over(item.context_expr, "__import__('contextlib').nullcontext()")
        yield node.lineno, Kind.DROP_LOCK, header, (head,)
    inner = node.body[0]
    if len(locks) == len(node.items) == 2:
        yield node.lineno, Kind.SWAP_LOCKS, header, _swap(locks[0].context_expr, locks[1].context_expr)
    elif (
        len(locks) == len(node.items) == 1
        and isinstance(inner, ast.With)
        and len(inner.items) == 1
        and _is_lock(inner.items[0])
    ):
        code = f"{header} with {ast.unparse(inner.items[0])}:"
        yield node.lineno, Kind.SWAP_LOCKS, code, _swap(locks[0].context_expr, inner.items[0].context_expr)


def _is_lock(item: ast.withitem) -> bool:
    """`with name:` without `as` is a lock in all homework read; a call is one only if its name says so (not `open(...)`)."""
    expression = item.context_expr
    if item.optional_vars is not None:
        return False
    if isinstance(expression, ast.Call):
        return bool(LOCKISH.search(ast.unparse(expression.func)))
    return isinstance(expression, ast.Name | ast.Attribute | ast.Subscript)


def _waits(loop: ast.While) -> bool:
    return any(
        isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "wait"
        for statement in loop.body
        for node in ast.walk(statement)
    )


def _leaves(loop: ast.While) -> bool:
    """Has a break or continue of its own, which an `if` could not have."""
    todo: list[ast.AST] = list(loop.body)
    while todo:
        node = todo.pop()
        if isinstance(node, ast.Break | ast.Continue):
            return True
        if not isinstance(
            node, ast.For | ast.AsyncFor | ast.While | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
        ):
            todo.extend(ast.iter_child_nodes(node))
    return False


def _daemon_argument(call: ast.Call) -> Iterator[_Fault]:
    for keyword in call.keywords:
        if keyword.arg == "daemon" and _is_true(keyword.value):
            yield keyword.value.lineno, Kind.DROP_DAEMON, "daemon=True", (_over(keyword.value, "False"),)


def _daemon_attribute(node: ast.Assign) -> Iterator[_Fault]:
    target = node.targets[0]
    if isinstance(target, ast.Attribute) and target.attr == "daemon" and _is_true(node.value):
        yield node.lineno, Kind.DROP_DAEMON, ast.unparse(node), (_over(node.value, "False"),)


def _is_true(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is True


def _method(statement: ast.stmt) -> tuple[str, ast.expr, ast.Call] | None:
    """(method name, receiver, call) of a statement that only calls a method."""
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        call = statement.value
        if isinstance(call.func, ast.Attribute):
            return call.func.attr, call.func.value, call
    return None


def _block(block: list[ast.stmt]) -> Iterator[_Fault]:
    calls = [(statement, method) for statement in block if (method := _method(statement))]
    for statement, (name, receiver, call) in calls:
        code = ast.unparse(statement)
        match name:
            case "join" if not isinstance(receiver, ast.Constant | ast.JoinedStr) and not (
                call.args and not isinstance(call.args[0], ast.Constant)
            ):
                yield statement.lineno, Kind.DROP_JOIN, code, (_over(statement, "pass"),)
            case "task_done":
                yield statement.lineno, Kind.DROP_TASK_DONE, code, (_over(statement, "pass"),)
            case "put" | "put_nowait" if len(call.args) == 1 and _is_sentinel(call.args[0]):
                yield statement.lineno, Kind.DROP_SENTINEL, code, (_over(statement, "pass"),)
            case "setDaemon" if call.args and _is_true(call.args[0]):
                yield statement.lineno, Kind.DROP_DAEMON, code, (_over(call.args[0], "False"),)
            case "notify_all" | "notifyAll":
                yield statement.lineno, Kind.NOTIFY_ONE, code, (_over(call.func, f"{ast.unparse(receiver)}.notify"),)
    yield from _acquires([(s, ast.unparse(r), c) for s, (name, r, c) in calls if name == "acquire"], block)


def _is_sentinel(value: ast.expr) -> bool:
    if isinstance(value, ast.Constant):
        return value.value is None or (isinstance(value.value, str) and bool(SENTINELISH.search(value.value)))
    return isinstance(value, ast.Name) and bool(SENTINELISH.search(value.id))


def _acquires(taken: list[tuple[ast.stmt, str, ast.Call]], block: list[ast.stmt]) -> Iterator[_Fault]:
    """`lock.acquire()` as a statement: without it and its releases in the same block; and swapped with the next one."""
    for statement, lock, _ in taken:
        later = [s for s in block if s.lineno > statement.lineno]
        releases = [
            _over(node, "pass")
            for s in later
            for node in ast.walk(s)
            if isinstance(node, ast.Expr) and (m := _method(node)) and m[0] == "release" and ast.unparse(m[1]) == lock
        ]
        if releases:
            yield statement.lineno, Kind.DROP_LOCK, ast.unparse(statement), (_over(statement, "pass"), *releases)
    for (one, lock, call), (other, next_lock, next_call) in itertools.pairwise(taken):
        if lock != next_lock and block.index(other) == block.index(one) + 1:
            code = f"{ast.unparse(one)}; {ast.unparse(other)}"
            yield one.lineno, Kind.SWAP_LOCKS, code, _swap(call, next_call)


def _over(node: ast.stmt | ast.expr, text: str) -> _Edit:
    return _Edit(node.lineno, node.col_offset, node.end_lineno or node.lineno, node.end_col_offset or 0, text)


def _swap(one: ast.expr, other: ast.expr) -> tuple[_Edit, _Edit]:
    return _over(one, ast.unparse(other)), _over(other, ast.unparse(one))


def _apply(source: str, edits: Iterable[_Edit]) -> str:
    """All edits at once, the last place first, so that earlier offsets stay true. Line ends inside a place are kept."""
    lines = [line.encode() for line in _LINE_END.split(source)]
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))
    data = b"".join(lines)
    for edit in sorted(edits, key=lambda e: (e.line, e.start), reverse=True):
        start, end = starts[edit.line - 1] + edit.start, starts[edit.end_line - 1] + edit.end
        kept = b"".join(re.findall(rb"\r\n|\n|\r", data[start:end]))
        text = edit.text.encode() + kept
        data = data[:start] + text + data[end:]
    return data.decode()
