"""The whole of intake for one submission: address, fetch, commit, file, snapshot."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from grader.intake.address import parse_address, split_tail
from grader.intake.gather import gather
from grader.intake.locate import locate
from grader.intake.mirror import Mirrors
from grader.intake.snapshot import Snapshot

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from pathlib import Path

    from grader.intake.address import Address
    from grader.intake.remote import HostSettings
    from grader.language import Message


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
        date = mirrors.commit(parsed, commit).date
        named, below = split_tail(parsed, [branch] if branch else [])
        return Pin(commit, date, branch or named or "", folder or below, None, (), parsed)
    mirror = mirrors.fetch(parsed)
    named, below = split_tail(parsed, list(mirror.branches))
    chosen, commit, notices = mirror.choose(branch or named)
    mirrors.pin(parsed, commit)
    return Pin(commit, mirrors.commit(parsed, commit).date, chosen, folder or below, mirror.seen_at, notices, parsed)


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
    entries = mirrors.commit(found.address, found.commit).entries
    located = locate(entries, wanted, assignment.day, found.folder)
    files, notices = gather(mirrors.open(found.address), entries, located.path)
    base = posixpath.dirname(located.path)
    snapshot = Snapshot(
        located.path[len(base) + 1 if base else 0 :], files, (*found.notices, *located.notices, *notices)
    )
    snapshot.save(home)
    return Pinned(found.commit, found.commit_date, found.branch, snapshot.tree, snapshot, found.seen_at, found.address)
