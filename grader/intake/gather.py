"""Which files of a commit come along with the homework file, and what must be said about the rest."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from grader.errors import IntakeError
from grader.intake.locate import REGULAR, SUBMODULE, SYMLINK, case_clashes, environments, is_ignored, within
from grader.intake.shown import listed, shown
from grader.language import say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grader.intake.git import Caps
    from grader.intake.locate import Entry
    from grader.intake.objects import Objects
    from grader.language import Message

_LFS = b"version https://git-lfs.github.com/spec/"
_OF_TOOLS = (".git", ".DS_Store")  # .gitignore and the like: no part of anybody's work


def gather(objects: Objects, entries: Sequence[Entry], path: str) -> tuple[dict[str, bytes], tuple[Message, ...]]:
    """Files of the folder `path` lies in, named from there, with what lies below it; at the root only the root's own files.

    Regular files only, as committed. Raises IntakeError when the homework file itself is too large, empty or an LFS pointer,
    or when the folder is above the caps.
    """
    caps = objects.caps
    base = posixpath.dirname(path)
    start = len(base) + 1 if base else 0
    mine = _below(entries, base, start)
    regular = {e.path[start:]: e for e in mine if e.mode in REGULAR}
    small = {name: e for name, e in regular.items() if 0 <= e.size < caps.file}
    _within_caps(regular, small, path, path[start:], caps)
    contents = objects.blobs(list(small.values()))
    files = {name: contents[e.oid] for name, e in small.items()}
    pointers = [name for name, data in files.items() if data.startswith(_LFS)]
    _is_homework(files[path[start:]], path)
    files = {name: data for name, data in files.items() if name not in pointers}
    found: list[Message] = []
    if len(small) < len(regular):
        left = [name for name in regular if name not in small]
        found.append(say("Left out, {most} bytes or more: {paths}.", most=caps.file, paths=listed(left)))
    if pointers:
        found.append(say("Git LFS files are not fetched: {paths}.", paths=listed(pointers)))
    links = [e.path for e in mine if e.mode == SYMLINK]
    if links:
        found.append(say("Symbolic links are not followed: {paths}.", paths=listed(links)))
    submodules = [e.path for e in entries if e.mode == SUBMODULE]
    if submodules:
        found.append(say("Submodules are not fetched: {paths}.", paths=listed(submodules)))
    found += [
        say(
            "These names differ only in capital letters: {paths}. Windows and macOS keep one of them.",
            paths=listed(group),
        )
        for group in case_clashes(e.path[start:] for e in mine)
    ]
    return files, tuple(found)


def _below(entries: Sequence[Entry], base: str, start: int) -> list[Entry]:
    near = [e for e in entries if (e.path.startswith(base + "/") if base else "/" not in e.path)]
    other = frozenset(folder for folder in environments(near) if len(folder) > len(base))
    return [
        e
        for e in near
        if not is_ignored(e.path[start:].split("/"))
        and not within(e.path, other)
        and not posixpath.basename(e.path).startswith(_OF_TOOLS)
    ]


def _within_caps(regular: dict[str, Entry], small: dict[str, Entry], path: str, name: str, caps: Caps) -> None:
    own = say("Put the homework into a folder of its own.")
    if name not in small:
        raise IntakeError(
            say("{path} is too large; at most {most} bytes are taken.", path=shown(path), most=caps.file - 1),
            remedy=say("Commit the program only, without data."),
        )
    if len(regular) > caps.files:
        raise IntakeError(
            say(
                "The folder of {file} has {n} files; at most {most} are taken.",
                file=shown(path),
                n=len(regular),
                most=caps.files,
            ),
            remedy=own,
        )
    if sum(e.size for e in small.values()) > caps.snapshot:  # each file counts, though equal ones are one blob
        raise IntakeError(
            say("The folder of {file} is bigger than {most} bytes.", file=shown(path), most=caps.snapshot), remedy=own
        )


def _is_homework(data: bytes, path: str) -> None:
    if data.startswith(_LFS):
        raise IntakeError(
            say("{path} is only a Git LFS pointer; LFS files are not fetched.", path=shown(path)),
            remedy=say("Take the file out of LFS (git lfs untrack, git rm --cached, git add), commit and push."),
        )
    if not data.removeprefix(b"\xef\xbb\xbf").strip():
        raise IntakeError(say("{path} is empty.", path=shown(path)), remedy=say("Commit your work and push it."))
