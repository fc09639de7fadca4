"""Functions of the library that are written in C do not become methods where a program puts them into a class; nor do ours."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


class Native:
    """`call` under the name of a module's function. `now = time.time` in a class is called without `self`."""

    def __init__(self, module: str, call: Callable[..., Any], doc: str | None = None) -> None:
        self.__module__ = module
        self.__name__ = self.__qualname__ = call.__name__.rstrip("_")
        self.__doc__ = doc
        self.call = call

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.call(*args, **kwargs)

    def __repr__(self) -> str:
        return f"<built-in function {self.__name__}>"


Native.__name__ = "builtin_function_or_method"
