"""The current folder, the same at the start of every run."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def fresh_folder(lay: Callable[[], None]) -> Callable[[], None]:
    """Calls `lay`, which lays files down, and returns what makes the folder that again, where a run has changed it."""
    lay()
    laid = listing()

    def fresh() -> None:
        if listing() != laid:
            empty()
            lay()
            laid.clear()
            laid.update(listing())

    return fresh


def listing() -> dict[str, tuple[int, int, int]]:
    """Everything in it, so that a change can be seen."""
    found = {}
    for folder, _, names in os.walk("."):
        for name in [*names, "."]:
            seen = os.lstat(os.path.join(folder, name))
            found[os.path.join(folder, name)] = (seen.st_ino, seen.st_mtime_ns, seen.st_size)
    return found


def empty() -> None:
    """Nothing is left in it; links are removed, not followed."""
    for folder, folders, names in os.walk(".", topdown=False):
        for name in [*names, *(name for name in folders if os.path.islink(os.path.join(folder, name)))]:
            os.unlink(os.path.join(folder, name))
        if folder != ".":
            os.rmdir(folder)


def write(files: Mapping[str, bytes]) -> None:
    """Files by path from the folder."""
    for name, data in files.items():
        os.makedirs(os.path.dirname(name) or ".", exist_ok=True)
        with open(name, "wb") as file:
            file.write(data)
