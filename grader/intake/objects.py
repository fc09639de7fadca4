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

    def entries(self, commit: str) -> tuple[Entry, ...]:
        """Every file of a commit, links and submodules too."""
        out = self.read(["ls-tree", "-r", "-z", "--full-tree", commit], most=self.caps.entries * 512)
        if out.count(b"\0") > self.caps.entries:
            raise too_large(self.place)
        found = []
        for line in out.split(b"\0")[:-1]:
            about, _, name = line.partition(b"\t")
            mode, _, oid = about.decode().split(" ")
            found.append(Entry(name.decode(errors="surrogateescape"), mode, oid))
        return tuple(found)

    def commit_date(self, commit: str) -> datetime | None:
        """When the student's machine says the commit was made: a hint, never a receipt. None if it makes no sense."""
        head = self.read(["cat-file", "commit", commit]).partition(b"\n\n")[0]
        match = re.search(rb"^committer .* (\d{1,12}) [+-]\d{4}$", head, re.MULTILINE)
        try:
            return datetime.fromtimestamp(int(match[1]), UTC) if match else None
        except (OverflowError, ValueError, OSError):
            return None

    def blobs(self, oids: Sequence[str], most: int) -> tuple[dict[str, bytes], dict[str, int]]:
        """Contents of blobs below `most` bytes, and sizes of the rest (-1: left out when fetched)."""
        wanted = sorted(set(oids))
        sizes: dict[str, int] = {}
        check = ["cat-file", "--batch-check=%(objectname) %(objecttype) %(objectsize)"]
        for line in self.read(check, _lines(wanted)).splitlines():
            oid, kind, *size = line.decode().split(" ")  # "<oid> missing" has no size
            sizes[oid] = int(size[0]) if kind == "blob" else -1
        small = [oid for oid in wanted if 0 <= sizes.get(oid, -1) < most]
        if sum(sizes[oid] for oid in oids if 0 <= sizes.get(oid, -1) < most) > self.caps.snapshot:
            return {}, sizes  # each file counts, though equal ones are one blob
        expected = sum(sizes[oid] + 100 for oid in small)
        data = self.read(["cat-file", "--batch"], _lines(small), most=expected + 1)
        found: dict[str, bytes] = {}
        at = 0
        for oid in small:
            at = data.index(b"\n", at) + 1
            found[oid] = data[at : at + sizes[oid]]
            at += sizes[oid] + 1
        return found, {oid: size for oid, size in sizes.items() if oid not in found}


def _lines(oids: Sequence[str]) -> bytes:
    return "".join(f"{oid}\n" for oid in oids).encode()
