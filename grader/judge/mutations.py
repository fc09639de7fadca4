"""Where faults can be put: each kind of synchronisation of a syntax tree, and the edits that spoil it."""

from __future__ import annotations

import ast
import itertools
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from grader.judge.edits import Edit, over, swap
from grader.judge.shrink import Scope, is_lock, shrunk, shrunk_pairs

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


class Kind(StrEnum):
    """What the fault is. The order of the members is no order of importance."""

    DROP_LOCK = "drop_lock"
    SWAP_LOCKS = "swap_locks"
    SHRINK_LOCK = "shrink_lock"
    PLAIN_LOCK = "plain_lock"
    DROP_RETEST = "drop_retest"
    DROP_JOIN = "drop_join"
    DROP_WAIT = "drop_wait"
    DROP_NOTIFY = "drop_notify"
    DROP_TASK_DONE = "drop_task_done"
    DROP_SENTINEL = "drop_sentinel"
    WHILE_TO_IF = "while_to_if"
    DROP_DAEMON = "drop_daemon"
    NOTIFY_ONE = "notify_one"
    CHANGE_BOUND = "change_bound"


@dataclass(frozen=True, slots=True)
class Fault:
    """What to change. `asked` is the code as a question shows it, where that is more than `code`."""

    line: int
    kind: Kind
    code: str
    edits: tuple[Edit, ...]
    inside: str
    asked: str = ""


SENTINELISH = re.compile(r"sentinel|stop|end|done|quit|exit|over|finish|poison|结束", re.IGNORECASE)
MORE = {  # one more changes what these let through: callable -> keyword of its first argument
    "Semaphore": "value", "BoundedSemaphore": "value", "Barrier": "parties", "Queue": "maxsize", "LifoQueue": "maxsize",
    "PriorityQueue": "maxsize", "JoinableQueue": "maxsize", "ThreadPoolExecutor": "max_workers", "ThreadPool": "processes",
}  # fmt: skip


def faults(tree: ast.Module, lines: Sequence[str]) -> Iterator[Fault]:
    """Every fault, in no particular order. May raise RecursionError."""
    names = {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    todo: list[tuple[ast.AST, Scope]] = [(tree, Scope.of(tree))]
    while todo:
        node, scope = todo.pop()
        yield from _of_node(node, scope, lines, names)
        inner = scope.into(node) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) else scope
        for block in _blocks(node):
            yield from _block(block, inner, is_waiting=isinstance(node, ast.While))
        todo += [(child, inner) for child in ast.iter_child_nodes(node)]


def _blocks(node: ast.AST) -> Iterator[list[ast.stmt]]:
    for name in ("body", "orelse", "finalbody"):
        block = getattr(node, name, None)
        if isinstance(block, list) and block and isinstance(block[0], ast.stmt):
            yield block


def _of_node(node: ast.AST, scope: Scope, lines: Sequence[str], names: set[str]) -> Iterator[Fault]:
    at = scope.name
    match node:
        case ast.With() | ast.AsyncWith():
            yield from _with(node, at)
            for statement, edits in shrunk(node, scope, lines):
                yield Fault(statement.lineno, Kind.SHRINK_LOCK, _first_line(statement), edits, at)
        case ast.While() if _waits(node) and not _leaves(node):
            word = Edit(node.lineno, node.col_offset, node.lineno, node.col_offset + len("while"), "if")
            code = "while " + ast.unparse(node.test)
            yield Fault(node.lineno, Kind.WHILE_TO_IF, code + ":", (word,), at, code)
        case ast.If():
            yield from _retests(node, at)
        case ast.Call():
            yield from _daemon_argument(node, at)
            yield from _bound(node, at)
            yield from _plain_lock(node, at, names)
        case ast.ImportFrom(module="threading"):
            yield from _plain_import(node, at)
        case ast.Assign(targets=[ast.Attribute(attr="daemon"), *_], value=value) if _is_true(value):
            yield Fault(node.lineno, Kind.DROP_DAEMON, ast.unparse(node), (over(value, "False"),), at)


def _first_line(statement: ast.stmt) -> str:
    return ast.unparse(statement).partition("\n")[0]


def _with(node: ast.With | ast.AsyncWith, at: str) -> Iterator[Fault]:
    locks = [item for item in node.items if is_lock(item)]
    header = "with " + ", ".join(ast.unparse(item) for item in node.items) + ":"
    first, last = node.items[0].context_expr, node.items[-1]
    end = last.optional_vars or last.context_expr
    for item in locks:
        others = ", ".join(ast.unparse(other) for other in node.items if other is not item)
        head, text = (first, others) if others else (node, "if True")
        place = Edit(head.lineno, head.col_offset, end.end_lineno or node.lineno, end.end_col_offset or 0, text)
        yield Fault(node.lineno, Kind.DROP_LOCK, header, (place,), at)
    inner = node.body[0]
    if len(locks) == len(node.items) == 2:
        edits = swap(locks[0].context_expr, locks[1].context_expr)
        yield Fault(node.lineno, Kind.SWAP_LOCKS, header, edits, at)
    elif (
        len(locks) == len(node.items) == 1
        and isinstance(inner, ast.With)
        and len(inner.items) == 1
        and is_lock(inner.items[0])
    ):
        asked = f"{header} with {ast.unparse(inner.items[0])}:"
        edits = swap(locks[0].context_expr, inner.items[0].context_expr)
        yield Fault(node.lineno, Kind.SWAP_LOCKS, header, edits, at, asked)


def _retests(node: ast.If, at: str) -> Iterator[Fault]:
    """Double-checked locking: the second test, under the lock."""
    for locked in node.body:
        if isinstance(locked, ast.With) and any(is_lock(item) for item in locked.items):
            for again in locked.body:
                if isinstance(again, ast.If) and ast.dump(again.test) == ast.dump(node.test):
                    code = f"if {ast.unparse(again.test)}:"
                    yield Fault(again.lineno, Kind.DROP_RETEST, code, (over(again.test, "True"),), at)


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


def _daemon_argument(call: ast.Call, at: str) -> Iterator[Fault]:
    for keyword in call.keywords:
        if keyword.arg == "daemon" and _is_true(keyword.value):
            yield Fault(keyword.value.lineno, Kind.DROP_DAEMON, "daemon=True", (over(keyword.value, "False"),), at)


def _is_true(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is True


def _called(call: ast.Call) -> str:
    """The last part of the name of what is called."""
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def _bound(call: ast.Call, at: str) -> Iterator[Fault]:
    """One more for what lets so many through, one less for a loop's end."""
    name, code = _called(call), ast.unparse(call)
    if any(isinstance(argument, ast.Starred) for argument in call.args):
        return
    if name == "range" and isinstance(call.func, ast.Name) and call.args and not call.keywords:
        stop = call.args[min(len(call.args), 2) - 1]
        yield Fault(call.lineno, Kind.CHANGE_BOUND, code, (over(stop, _off(stop, -1)),), at)
    elif name in MORE:
        given = [*call.args[:1], *(keyword.value for keyword in call.keywords if keyword.arg == MORE[name])]
        if given and not (isinstance(given[0], ast.Constant) and not isinstance(given[0].value, int)):
            yield Fault(call.lineno, Kind.CHANGE_BOUND, code, (over(given[0], _off(given[0], 1)),), at)
        elif not given and not call.keywords and name.endswith("Semaphore"):
            yield Fault(call.lineno, Kind.CHANGE_BOUND, code, (over(call, f"{ast.unparse(call.func)}(2)"),), at)


def _off(value: ast.expr, by: int) -> str:
    """The value one off, as code."""
    if isinstance(value, ast.Constant) and isinstance(value.value, int):
        return str(value.value + by)
    is_simple = isinstance(value, ast.Name | ast.Attribute | ast.Call | ast.Subscript) or (
        isinstance(value, ast.BinOp) and isinstance(value.op, ast.Add | ast.Sub | ast.Mult | ast.FloorDiv)
    )
    text = ast.unparse(value)
    return f"{text if is_simple else f'({text})'} {'+' if by > 0 else '-'} 1"


def _plain_lock(call: ast.Call, at: str, names: set[str]) -> Iterator[Fault]:
    if _called(call) == "RLock" and (isinstance(call.func, ast.Attribute) or names & {"Lock", "*"}):
        text = re.sub(r"RLock$", "Lock", ast.unparse(call.func))
        yield Fault(call.lineno, Kind.PLAIN_LOCK, ast.unparse(call), (over(call.func, text),), at)


def _plain_import(node: ast.ImportFrom, at: str) -> Iterator[Fault]:
    """Where only RLock is imported, a Lock goes by its name."""
    names = {alias.name: alias for alias in node.names}
    if "RLock" in names and "Lock" not in names:
        alias = names["RLock"]
        text = f"Lock as {alias.asname or 'RLock'}"
        yield Fault(alias.lineno, Kind.PLAIN_LOCK, ast.unparse(node), (over(alias, text),), at)


def _method(statement: ast.stmt) -> tuple[str, ast.expr, ast.Call] | None:
    """(method name, receiver, call) of a statement that only calls a method."""
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        call = statement.value
        if isinstance(call.func, ast.Attribute):
            return call.func.attr, call.func.value, call
    return None


def _block(block: list[ast.stmt], scope: Scope, *, is_waiting: bool) -> Iterator[Fault]:
    calls = [(statement, method) for statement in block if (method := _method(statement))]
    for statement, (name, receiver, call) in calls:
        code, gone = ast.unparse(statement), (over(statement, "pass"),)

        def fault(kind: Kind, edits: tuple[Edit, ...] = gone, line: int = statement.lineno, code: str = code) -> Fault:
            return Fault(line, kind, code, edits, scope.name)

        match name:
            case "join" if not isinstance(receiver, ast.Constant | ast.JoinedStr) and not (
                call.args and not isinstance(call.args[0], ast.Constant)
            ):
                yield fault(Kind.DROP_JOIN)
            case "shutdown" | "result" if not call.args:
                yield fault(Kind.DROP_JOIN)
            case "task_done":
                yield fault(Kind.DROP_TASK_DONE)
            case "put" | "put_nowait" if len(call.args) == 1 and _is_sentinel(call.args[0]):
                yield fault(Kind.DROP_SENTINEL)
            case "setDaemon" if call.args and _is_true(call.args[0]):
                yield fault(Kind.DROP_DAEMON, (over(call.args[0], "False"),))
            case "notify_all" | "notifyAll":
                yield fault(Kind.DROP_NOTIFY)
                yield fault(Kind.NOTIFY_ONE, (over(call.func, f"{ast.unparse(receiver)}.notify"),))
            case "notify" | "set" if name == "notify" or not call.args:
                yield fault(Kind.DROP_NOTIFY)
            case "release" if ast.unparse(receiver) not in scope.acquired:
                yield fault(Kind.DROP_NOTIFY)
            case "acquire" if ast.unparse(receiver) not in scope.released:
                yield fault(Kind.DROP_WAIT)
            case "wait" | "wait_for" if not is_waiting:
                yield fault(Kind.DROP_WAIT)
    yield from _acquires([(s, ast.unparse(r), c) for s, (name, r, c) in calls if name == "acquire"], block, scope)
    for statement, edits in shrunk_pairs(block, scope):
        yield Fault(statement.lineno, Kind.SHRINK_LOCK, _first_line(statement), edits, scope.name)


def _is_sentinel(value: ast.expr) -> bool:
    if isinstance(value, ast.Constant):
        return value.value is None or (isinstance(value.value, str) and bool(SENTINELISH.search(value.value)))
    return isinstance(value, ast.Name) and bool(SENTINELISH.search(value.id))


def _acquires(taken: list[tuple[ast.stmt, str, ast.Call]], block: list[ast.stmt], scope: Scope) -> Iterator[Fault]:
    """`lock.acquire()` as a statement: without it and its releases in the same block; and swapped with the next one."""
    for statement, lock, _ in taken:
        later = [s for s in block if s.lineno > statement.lineno]
        releases = [
            over(node, "pass")
            for s in later
            for node in ast.walk(s)
            if isinstance(node, ast.Expr) and (m := _method(node)) and m[0] == "release" and ast.unparse(m[1]) == lock
        ]
        if releases:
            edits = (over(statement, "pass"), *releases)
            yield Fault(statement.lineno, Kind.DROP_LOCK, ast.unparse(statement), edits, scope.name)
    for (one, lock, call), (other, next_lock, next_call) in itertools.pairwise(taken):
        if lock != next_lock and block.index(other) == block.index(one) + 1:
            asked = f"{ast.unparse(one)}; {ast.unparse(other)}"
            yield Fault(one.lineno, Kind.SWAP_LOCKS, ast.unparse(one), swap(call, next_call), scope.name, asked)
