"""`threading.local`: one dict a task."""

from __future__ import annotations

from weakref import ref

from sandbox.overlay.state import current

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Self

    from sandbox.scheduler.task import Task


class _Key:
    """What a task keeps the dict of one `local` under, and the arguments it was made with."""

    __slots__ = ("arguments", "dict", "outside", "owner")

    def __init__(self, owner: local, arguments: tuple[tuple[Any, ...], dict[str, Any]]) -> None:
        self.owner = ref(owner)
        self.arguments = arguments
        self.dict: dict[str, Any] | None = None  # the one that is in place
        self.outside: dict[str, Any] | None = None  # used while no run is on


class local:  # noqa: N801 - its name in the standard library
    """Its attributes are a task's own; `__init__` runs again in every task that touches it."""

    __slots__ = ("__dict__", "__weakref__", "_local__key")

    def __new__(cls, /, *args: Any, **kwargs: Any) -> Self:
        if (args or kwargs) and cls.__init__ is object.__init__:
            raise TypeError("Initialization arguments are not supported")
        self = object.__new__(cls)
        key = _Key(self, (args, kwargs))
        object.__setattr__(self, "_local__key", key)
        _put(self, key, {})
        return self

    def __getattribute__(self, name: str) -> Any:
        _enter(self)
        return object.__getattribute__(self, name)

    def __setattr__(self, name: str, value: Any) -> None:
        if name == "__dict__":
            raise AttributeError(f"{type(self).__name__!r} object attribute '__dict__' is read-only")
        _enter(self)
        object.__setattr__(self, name, value)

    def __delattr__(self, name: str) -> None:
        if name == "__dict__":
            raise AttributeError(f"{type(self).__name__!r} object attribute '__dict__' is read-only")
        _enter(self)
        object.__delattr__(self, name)


def _put(self: local, key: _Key, values: dict[str, Any]) -> None:
    task = current()
    if task is None:
        key.outside = values
    else:
        task.local[key] = values
    key.dict = values
    object.__setattr__(self, "__dict__", values)


def forget(task: Task) -> None:
    """At the end of `task`: what it kept is gone with it."""
    for key, values in task.local.items():
        owner = key.owner()
        if owner is not None and key.dict is values:
            key.dict = None
            object.__setattr__(owner, "__dict__", {})
    task.local.clear()


def _enter(self: local) -> None:
    key: _Key = object.__getattribute__(self, "_local__key")
    task = current()
    values = key.outside if task is None else task.local.get(key)
    if values is None:
        _put(self, key, {})
        args, kwargs = key.arguments
        type(self).__init__(self, *args, **kwargs)
    elif values is not key.dict:
        key.dict = values
        object.__setattr__(self, "__dict__", values)


local.__module__ = "_thread"
local.__name__ = local.__qualname__ = "_local"
