"""Repositories of every kind, made by `git fast-import` so that no file system's rules are in the way."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

IDENTITY = {
    "PATH": os.environ["PATH"],
    "HOME": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_AUTHOR_NAME": "s01",
    "GIT_AUTHOR_EMAIL": "s01@example.org",
    "GIT_COMMITTER_NAME": "s01",
    "GIT_COMMITTER_EMAIL": "s01@example.org",
    "GIT_AUTHOR_DATE": "1764000000 +0800",
    "GIT_COMMITTER_DATE": "1764000000 +0800",
}


@dataclass(frozen=True)
class Link:
    """A symbolic link."""

    target: str


@dataclass(frozen=True)
class Submodule:
    """A submodule at some commit."""

    commit: str = "1" * 40


@dataclass(frozen=True)
class Zeros:
    """A file of that many zero bytes: huge and quick to pack."""

    size: int


class Repository:
    """A bare repository of a student."""

    def __init__(self, path: Path, *, head: str = "main", filters: bool = True) -> None:
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        self.git("init", "-q", "--bare", "-b", head, str(path), at=path.parent)
        self.git("config", "uploadpack.allowFilter", str(filters).lower())
        self.git("config", "core.bigFileThreshold", "1m")
        self.git("config", "pack.compression", "1")

    def git(self, *arguments: str, stdin: bytes = b"", at: Path | None = None) -> str:
        done = subprocess.run(
            ["git", *arguments], cwd=at or self.path, input=stdin, env=IDENTITY, check=True, capture_output=True
        )
        return done.stdout.decode().strip()

    def commit(self, files: dict, *, branch: str = "main", after: str | None = None, date: int = 1764000000) -> str:
        """A commit holding exactly `files` (path -> bytes, str, Link, Submodule, Zeros); returns its id."""
        reset = f"reset refs/heads/{branch}\n".encode() + (f"from {after}\n\n".encode() if after else b"\n")
        who = f"committer s01 <s01@example.org> {date} +0800\n".encode()
        out = [b"feature done\n", reset, f"commit refs/heads/{branch}\n".encode(), who, b"data 1\nx\n"]
        out += [f"from {after}\n".encode()] if after else []
        out.append(b"deleteall\n")
        for name, content in files.items():
            path = b'"' + _quoted(name if isinstance(name, bytes) else name.encode()) + b'"'
            match content:
                case Submodule(commit):
                    out.append(b"M 160000 %s %s\n" % (commit.encode(), path))
                case Link(target):
                    out.append(b"M 120000 inline %s\ndata %d\n%s\n" % (path, len(target.encode()), target.encode()))
                case Zeros(size):
                    out.append(b"M 100644 inline %s\ndata %d\n%s\n" % (path, size, bytes(size)))
                case _:
                    data = content if isinstance(content, bytes) else content.encode()
                    out.append(b"M 100644 inline %s\ndata %d\n%s\n" % (path, len(data), data))
        out.append(b"done\n")
        self.git("fast-import", "--quiet", "--force", "--done", stdin=b"".join(out))
        return self.git("rev-parse", f"refs/heads/{branch}")


def _quoted(name: bytes) -> bytes:
    return b"".join(
        b"\\%03o" % byte if byte < 0x20 or byte > 0x7E or byte in b'"\\' else bytes([byte]) for byte in name
    )
