"""A script as setup, workers and invariant, which is the form frontrun takes.

    setup        everything before the first `.start()`; the threads that are started only note their target
    workers      the targets, and the statements of the main program between the first `.start()` and the first `.join()`, if there are any
    invariant    everything from the first `.join()` on: assertions hold and nothing is raised

The body of `if __name__ == "__main__"` and of a `main()` without arguments counts as top level. Without a join, all that follows is a worker.
"""

from __future__ import annotations

import ast
import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

FOREIGN = ("concurrent.futures", "ThreadPool", "threading.Timer")


class NoFormError(Exception):
    """The script has no such form; the text says why."""


class Noted:
    """Stands in for `threading.Thread` while setup runs."""

    started: list[Noted]
    is_joined = False  # a worker waits for another: its end is an event

    def __init__(
        self,
        group: None = None,  # noqa: ARG002
        target: Callable[..., object] | None = None,
        name: str | None = None,
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
        *,
        daemon: bool | None = None,
    ) -> None:
        self._target, self._args, self._kwargs = target, args, kwargs or {}
        self.name, self.daemon = name or "", bool(daemon)
        self._over = threading.Event() if self.is_joined else None

    def run(self) -> None:
        """The target, or what a subclass does."""
        if self._target is not None:
            self._target(*self._args, **self._kwargs)

    def start(self) -> None:
        """Becomes a worker."""
        if self in type(self).started:
            raise RuntimeError("threads can only be started once")
        type(self).started.append(self)

    def work(self) -> None:
        """What the worker does."""
        try:
            self.run()
        finally:
            if self._over is not None:
                self._over.set()

    def join(self, timeout: float | None = None) -> None:
        """Workers are over when the invariant is looked at."""
        if self._over is not None:
            self._over.wait(timeout)

    def is_alive(self) -> bool:
        """As `join`."""
        return self._over is not None and not self._over.is_set()


class Form:
    """The three parts of one script."""

    def __init__(self, source: str, path: str) -> None:
        for each in FOREIGN:
            if each in source:
                raise NoFormError(f"threads that {each} makes are not workers")
        if "daemon=True" in source and "while True" in source:
            raise NoFormError("a daemon thread that never ends is no worker: the run could not end")
        body = flat(ast.parse(source).body)
        first = next((at for at, node in enumerate(body) if calls(node, "start")), None)
        if first is None:
            raise NoFormError("no thread is started at top level")
        last = max(at for at, node in enumerate(body) if calls(node, "start"))
        join = next((at for at, node in enumerate(body) if at >= first and calls(node, "join")), len(body))
        if join < last:
            raise NoFormError("a thread is started after another was joined")
        is_started = [calls(node, "start") for node in body[:join]]
        starts = [node for node, start in zip(body[:join], is_started, strict=True) if start]
        between = [node for node, start in zip(body[first:join], is_started[first:], strict=True) if not start]
        if join < len(body) and calls(body[join], "start"):  # one loop that starts and joins
            raise NoFormError("threads run one after the other")
        self.setup = compile(ast.Module(body=[*body[:first], *starts], type_ignores=[]), path, "exec")
        self.has_main = bool(between)
        self.is_joined = any(
            isinstance(each, ast.Attribute)
            and each.attr in {"join", "is_alive"}
            and not isinstance(each.value, ast.Constant)
            for node in body[:join]
            for each in ast.walk(node)
        )
        self.rest = compile(
            ast.fix_missing_locations(
                ast.Module(body=[function("_main_part", between), function("_rest", body[join:])], type_ignores=[])
            ),
            path,
            "exec",
        )

    def state(self, namespace: dict[str, Any]) -> tuple[list[Callable[[], object]], Callable[[], object]]:
        """Run setup; the workers and the function that holds the invariant."""
        Noted.started, Noted.is_joined = [], self.is_joined
        real, threading.Thread = threading.Thread, Noted  # type: ignore[assignment, misc]
        try:
            exec(self.setup, namespace)
        finally:
            threading.Thread = real  # type: ignore[misc]
        exec(self.rest, namespace)
        workers = [thread.work if self.is_joined else thread.run for thread in Noted.started]
        return [*workers, *([namespace["_main_part"]] if self.has_main else [])], namespace["_rest"]


def flat(body: list[ast.stmt]) -> list[ast.stmt]:
    """Top level statements, with the body of the main guard and of `main()` among them."""
    functions = {node.name: node for node in body if isinstance(node, ast.FunctionDef) and not node.args.args}
    out: list[ast.stmt] = []
    for node in body:
        if isinstance(node, ast.If) and "__name__" in ast.dump(node.test):
            out += flat([*functions.values(), *node.body])[len(functions) :]
        elif (
            isinstance(node, ast.Expr)
            and isinstance(node.value, ast.Call)
            and isinstance(node.value.func, ast.Name)
            and node.value.func.id in functions
            and any(calls(each, "start") for each in functions[node.value.func.id].body)
        ):
            out += functions[node.value.func.id].body
        else:
            out.append(node)
    return out


def calls(node: ast.AST, method: str) -> bool:
    """Whether a statement (no definition) calls a method of that name."""
    if isinstance(node, (ast.ClassDef, ast.FunctionDef)):
        return False
    return any(
        isinstance(each, ast.Call)
        and isinstance(each.func, ast.Attribute)
        and each.func.attr == method
        and not isinstance(each.func.value, ast.Constant)
        for each in ast.walk(node)
    )


def function(name: str, body: list[ast.stmt]) -> ast.FunctionDef:
    """Statements as a function whose names are the module's."""
    stored = sorted(
        {
            each.id
            for node in body
            for each in ast.walk(node)
            if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)
        }
    )
    inner: list[ast.stmt] = [ast.Global(names=stored)] if stored else []
    made = ast.parse(f"def {name}(): pass").body[0]
    assert isinstance(made, ast.FunctionDef)
    made.body = [*inner, *body, ast.Pass()]
    return made
