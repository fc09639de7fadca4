"""The whole of intake for one submission: address, fetch, commit, file, snapshot."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from grader.errors import IntakeError
from grader.intake.address import parse_address, split_tail
from grader.intake.locate import REGULAR, SUBMODULE, SYMLINK, case_clashes, environments, is_ignored, locate, within
from grader.intake.mirror import Mirrors
from grader.intake.shown import listed, shown
from grader.intake.snapshot import Snapshot
from grader.language import say

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from grader.intake.address import Address
    from grader.intake.git import Caps
    from grader.intake.locate import Entry
    from grader.intake.objects import Objects
    from grader.intake.remote import HostSettings
    from grader.language import Message

_LFS = b"version https://git-lfs.github.com/spec/"


class _Submit(Protocol):
    @property
    def file(self) -> str | None: ...
    @property
    def answers(self) -> str | None: ...


class _Assignment(Protocol):
    @property
    def day(self) -> int | None: ...
    @property
    def submit(self) -> _Submit: ...


class _Course(Protocol):
    @property
    def hosts(self) -> Mapping[str, HostSettings]: ...


@dataclass(frozen=True, slots=True)
class Pin:
    """A commit that is ours for good. `seen_at` is the receipt: when our clock saw it in this run, aware, UTC."""

    commit: str
    commit_date: datetime | None
    branch: str
    folder: str | None
    seen_at: datetime | None
    notices: tuple[Message, ...]
    address: Address


@dataclass(frozen=True, slots=True)
class Pinned:
    """A submission as it will be graded. `tree` is the attempt's identity; `commit_date` is the student's clock, unverified."""

    commit: str
    commit_date: datetime | None
    branch: str
    tree: str
    snapshot: Snapshot
    seen_at: datetime | None
    address: Address


def pin(
    course: _Course,
    address: str,
    *,
    home: Path,
    branch: str | None = None,
    folder: str | None = None,
    allow_local: bool = False,
    mirrors: Mirrors | None = None,
    commit: str | None = None,
) -> Pin:
    """Fetch a repository and keep the commit a branch (default: the remote's) is at now.

    With `commit`, one that was pinned before (give the branch and folder of that pin): nothing is asked of the remote, and
    `seen_at` is None.
    Give the same `mirrors` to all calls of a run. Raises IntakeError or InfrastructureError.
    """
    parsed = parse_address(address, course.hosts, allow_local=allow_local)
    mirrors = mirrors or Mirrors(home, course.hosts, allow_local=allow_local)
    if commit:
        mirrors.pin(parsed, commit)
        date = mirrors.open(parsed).commit_date(commit)
        named, below = split_tail(parsed, [branch] if branch else [])
        return Pin(commit, date, branch or named or "", folder or below, None, (), parsed)
    mirror = mirrors.fetch(parsed)
    named, below = split_tail(parsed, list(mirror.branches))
    chosen, commit, notices = mirror.choose(branch or named)
    mirrors.pin(parsed, commit)
    return Pin(
        commit, mirrors.open(parsed).commit_date(commit), chosen, folder or below, mirror.seen_at, notices, parsed
    )


def take(
    course: _Course,
    assignment: _Assignment,
    address: str,
    *,
    home: Path,
    branch: str | None = None,
    folder: str | None = None,
    allow_local: bool = False,
    mirrors: Mirrors | None = None,
    commit: str | None = None,
) -> Pinned:
    """Everything from an address to a snapshot, which is saved below `home`. Parameters and errors as for `pin`."""
    mirrors = mirrors or Mirrors(home, course.hosts, allow_local=allow_local)
    found = pin(
        course,
        address,
        home=home,
        branch=branch,
        folder=folder,
        allow_local=allow_local,
        mirrors=mirrors,
        commit=commit,
    )
    wanted = assignment.submit.file or assignment.submit.answers or ""
    objects = mirrors.open(found.address)
    entries = objects.entries(found.commit)
    located = locate(entries, wanted, assignment.day, found.folder)
    files, notices = _files(objects, entries, located.path)
    base = posixpath.dirname(located.path)
    snapshot = Snapshot(
        located.path[len(base) + 1 if base else 0 :], files, (*found.notices, *located.notices, *notices)
    )
    snapshot.save(home)
    return Pinned(found.commit, found.commit_date, found.branch, snapshot.tree, snapshot, found.seen_at, found.address)


def _files(objects: Objects, entries: Sequence[Entry], path: str) -> tuple[dict[str, bytes], list[Message]]:
    """The homework's folder with what lies below it; at the root only the root's own files."""
    caps = objects.caps
    base = posixpath.dirname(path)
    start = len(base) + 1 if base else 0
    near = [e for e in entries if (e.path.startswith(base + "/") if base else "/" not in e.path)]
    other = frozenset(folder for folder in environments(near) if len(folder) > len(base))
    mine = [e for e in near if not is_ignored(e.path[start:].split("/")) and not within(e.path, other)]
    regular = {e.path[start:]: e.oid for e in mine if e.mode in REGULAR}
    if len(regular) > caps.files:
        raise IntakeError(
            say(
                "The folder of {file} has {n} files; at most {most} are taken.",
                file=shown(path),
                n=len(regular),
                most=caps.files,
            ),
            remedy=say("Put the homework into a folder of its own."),
        )
    contents, left = objects.blobs(list(regular.values()), caps.file)
    name = path[start:]
    if regular[name] not in contents:
        _too_big(path, left.get(regular[name], -1), caps)
    if contents[regular[name]].startswith(_LFS):
        raise IntakeError(
            say("{path} is only a Git LFS pointer; LFS files are not fetched.", path=shown(path)),
            remedy=say("Take the file out of LFS (git lfs untrack, git rm --cached, git add), commit and push."),
        )
    if not contents[regular[name]].removeprefix(b"\xef\xbb\xbf").strip():
        raise IntakeError(say("{path} is empty.", path=shown(path)), remedy=say("Commit your work and push it."))
    files = {file: contents[oid] for file, oid in regular.items() if oid in contents}
    return files, _notices(mine, entries, [file for file in regular if file not in files], start, caps)


def _too_big(path: str, size: int, caps: Caps) -> None:
    if 0 <= size < caps.file:
        raise IntakeError(
            say("The folder of {file} is bigger than {most} bytes.", file=shown(path), most=caps.snapshot),
            remedy=say("Put the homework into a folder of its own."),
        )
    raise IntakeError(
        say("{path} is too large; at most {most} bytes are taken.", path=shown(path), most=caps.file - 1),
        remedy=say("Commit the program only, without data."),
    )


def _notices(
    mine: Sequence[Entry], entries: Sequence[Entry], big: Sequence[str], start: int, caps: Caps
) -> list[Message]:
    found: list[Message] = []
    if big:
        found.append(say("Left out, {most} bytes or more: {paths}.", most=caps.file, paths=listed(big)))
    links = [e.path for e in mine if e.mode == SYMLINK]
    if links:
        found.append(say("Symbolic links are not followed: {paths}.", paths=listed(links)))
    submodules = [e.path for e in entries if e.mode == SUBMODULE]
    if submodules:
        found.append(say("Submodules are not fetched: {paths}.", paths=listed(submodules)))
    found += [
        say(
            "These names differ only in capital letters: {paths}. Windows and macOS keep one of them.",
            paths=listed(clash),
        )
        for clash in case_clashes(e.path[start:] for e in mine)
    ]
    return found
