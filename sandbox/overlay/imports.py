"""Imports run without a switch: the interpreter's import locks see one OS thread only, so another task would find half a module."""

from __future__ import annotations

import functools

from sandbox.scheduler import engine

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


def quiet(function: Callable[..., Any]) -> Callable[..., Any]:
    """`function` as one step, unless it has to wait."""

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        active = engine.active
        task = None if active is None else active.current
        if task is None:
            return function(*args, **kwargs)
        task.quiet += 1
        try:
            return function(*args, **kwargs)
        finally:
            task.quiet -= 1

    return call
