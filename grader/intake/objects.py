"""Reading a mirror: what a commit holds. No working tree, no checkout, no filter, no network."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from grader.errors import InfrastructureError
from grader.intake import git
from grader.intake.failures import too_large
from grader.intake.locate import Entry
from grader.intake.shown import shown
from grader.language import say

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from threading import Event

    from grader.intake.git import Caps

_LONGEST, _DEEPEST = 1024, 64


@dataclass(frozen=True, slots=True)
class Commit:
    """What a commit says. `date` is the student's machine's clock: a hint, never a receipt; None if it makes no sense."""

    date: datetime | None
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Objects:
    """The objects of one mirror, read through `reader`, an empty repository without any remote."""

    mirror: Path
    reader: Path
    home: Path  # git's empty home
    place: str  # the address, for people
    caps: Caps
    stop: Event | None = None

    def read(self, arguments: Sequence[str], stdin: bytes = b"", most: int | None = None) -> bytes:
        """What a reading git command prints; missing objects are missing, nothing is fetched."""
        extra = {"GIT_OBJECT_DIRECTORY": str(self.mirror / "objects")}
        caps = replace(self.caps, output=most or self.caps.output)
        result = git.run(
            [f"--git-dir={self.reader}", *arguments],
            environment=git.environment(self.home, (), extra),
            caps=caps,
            stdin=stdin,
            stop=self.stop,
        )
        if result.cut == "output":
            raise too_large(self.place)
        if result.code:
            raise InfrastructureError(
                say("The mirror of {place} cannot be read: {why}", place=self.place, why=shown(result.err.strip()))
            )
        return result.out

    def commit(self, commit: str) -> Commit:
        """A commit's date and its whole listing, links and submodules too."""
        return Commit(self._date(commit), self._entries(commit))

    def _entries(self, commit: str) -> tuple[Entry, ...]:
        out = self.read(["ls-tree", "-r", "-l", "-z", "--full-tree", commit], most=self.caps.entries * 512)
        if out.count(b"\0") > self.caps.entries:
            raise too_large(self.place)
        found = []
        for line in out.split(b"\0")[:-1]:
            about, _, name = line.partition(b"\t")
            if len(name) > _LONGEST or name.count(b"/") > _DEEPEST:
                continue  # nobody's homework; the longest path seen in real repositories has 237 bytes
            mode, _, oid, size = about.decode().split()
            known = int(size) if size.isdigit() else -1  # "BAD": left out when fetched
            found.append(Entry(name.decode(errors="surrogateescape"), mode, oid, known))
        return tuple(found)

    def _date(self, commit: str) -> datetime | None:
        head = self.read(["cat-file", "commit", commit]).partition(b"\n\n")[0]
        match = re.search(rb"^committer .* (\d{1,12}) [+-]\d{4}$", head, re.MULTILINE)
        try:
            return datetime.fromtimestamp(int(match[1]), UTC) if match else None
        except (OverflowError, ValueError, OSError):
            return None

    def blobs(self, entries: Sequence[Entry]) -> dict[str, bytes]:
        """Contents of files whose size is known, by object id."""
        sizes = {entry.oid: entry.size for entry in entries}
        data = self.read(
            ["cat-file", "--batch"], _lines(list(sizes)), most=sum(size + 100 for size in sizes.values()) + 1
        )
        found: dict[str, bytes] = {}
        at = 0
        for oid, size in sizes.items():
            at = data.index(b"\n", at) + 1
            found[oid] = data[at : at + size]
            at += size + 1
        return found


def _lines(oids: Sequence[str]) -> bytes:
    return "".join(f"{oid}\n" for oid in oids).encode()
