"""A server, a home, a course and a way to take homework from there."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest
from git_server import GitServer
from repositories import Repository

from grader.course.course import Host
from grader.intake import Caps, Mirrors, take

if TYPE_CHECKING:
    from pathlib import Path


class Class:
    """Everything one test needs: make a repository, serve it, take homework from it."""

    def __init__(self, folder: Path, server: GitServer) -> None:
        self.folder = folder
        self.server = server
        self.home = folder / "home"
        self.hosts: dict[str, Host] = {"gitee.com": Host()}
        self.caps = Caps(wall=60)
        self.waits: list[float] = []
        self.stop = None

    def repository(self, name: str = "s01", files: dict | None = None, **options) -> Repository:
        made = Repository(self.server.root / f"{name}.git", **options)
        if files is not None:
            made.commit(files, branch=options.get("head", "main"))
        return made

    def mirrors(self, **changes) -> Mirrors:
        options = {"allow_local": True, "caps": self.caps, "sleep": self.waits.append, "stop": self.stop} | changes
        return Mirrors(self.home, self.hosts, **options)

    def take(self, name: str = "s01", *, file: str = "collect.py", day: int | None = 31, url: str = "", **options):
        course = SimpleNamespace(hosts=self.hosts)
        assignment = SimpleNamespace(day=day, submit=SimpleNamespace(file=file, answers=None))
        options = {"allow_local": True} | options
        options.setdefault("mirrors", self.mirrors())
        return take(course, assignment, url or self.server.url(name), home=self.home, **options)


@pytest.fixture
def school(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A class with a git server of its own."""
    root = tmp_path / "served"
    root.mkdir()
    with GitServer(root) as server:
        yield Class(tmp_path, server)
