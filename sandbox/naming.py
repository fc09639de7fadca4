"""What the program itself calls its objects: `lock`, `forks[2]`, `account.lock`. No address is ever a name."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from types import FrameType

DEPTH = 3
MOST = 20_000  # objects looked at


def names(scopes: Mapping[str, object], frames: list[FrameType], own: frozenset[str]) -> dict[int, str]:
    """Id -> name, shortest way first: from the globals, then, for what those do not reach, from the locals of frames, where no two things
    get the same name. `own` are the program's modules.
    """
    found: dict[int, str] = {}
    looked = 0
    taken: set[str] = set()
    for scope in [scopes, *(frame.f_locals for frame in frames)]:
        waiting = [(value, name, DEPTH) for name, value in scope.items() if not name.startswith("__")]
        while waiting and looked < MOST:
            later: list[tuple[object, str, int]] = []
            for value, name, depth in waiting:
                looked += 1
                if id(value) in found or looked > MOST:
                    continue
                found[id(value)] = once = _free(name, taken) if depth == DEPTH else name
                taken.add(once)
                if depth:
                    later += [(inner, f"{once}{how}", depth - 1) for how, inner in parts(value, own)]
            waiting = later
    return found


def _free(name: str, taken: set[str]) -> str:
    """`name`, or `name (2)` for another thing that one function calls the same as another function does."""
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{name} ({number})"
    return free


def parts(value: object, own: frozenset[str]) -> Iterator[tuple[str, object]]:
    """What is inside a container, or the attributes of an object of the program's own classes."""
    kind = type(value)
    if kind in (list, tuple):
        for number, inner in enumerate(value):  # type: ignore[arg-type, var-annotated]
            yield f"[{number}]", inner
    elif kind is dict:
        for key, inner in list(value.items()):  # type: ignore[attr-defined]
            if type(key) in (str, int):
                yield f"[{key!r}]", inner
    elif kind.__module__ in ("threading", "queue"):  # what they wait for is a lock of theirs
        for name in ("_lock", "mutex", "_cond"):
            if (inner := getattr(value, name, None)) is not None:
                yield "", inner
    elif kind is type and value.__module__ in own:
        for key, inner in list(vars(value).items()):
            if not key.startswith("__"):
                yield f".{key}", inner
    elif kind.__module__ in own:
        for key, inner in list(getattr(value, "__dict__", {}).items()):
            if isinstance(key, str):
                yield f".{key}", inner
