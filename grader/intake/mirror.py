"""One bare mirror per repository, below GRADER_HOME/mirrors/; each remote is asked once per run.

    mirrors/<key>/        bare, shallow; refs/grader/pins/<commit> keeps every commit that was ever looked at
    mirrors/<key>.lock    held while fetching: two processes never write one mirror
    mirrors/reader/       empty; objects of a mirror are read through it, so no read can ever reach the network
    mirrors/home/         the empty home of git

A pin must be whole when it is made, because a student may push over it or delete the repository the same evening: a fetch
takes one commit (depth 1) with all files below the size that a snapshot takes, leaving the bigger ones out where the host
can (a partial clone, filter blob:limit), rather than no files at all.
"""

from __future__ import annotations

import contextlib
import re
import shutil
import tempfile
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from grader.errors import GraderError, InfrastructureError, IntakeError, UsageError
from grader.intake import git
from grader.intake.failures import NoAccessError, too_large
from grader.intake.git import Caps
from grader.intake.objects import Commit, Objects
from grader.intake.remote import HostSettings, Remotes, size_of
from grader.intake.shown import listed, shown
from grader.language import say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from threading import Event

    from grader.intake.address import Address
    from grader.language import Message


@dataclass(frozen=True, slots=True)
class Mirror:
    """What a remote said in this run: branch -> commit, its default branch if it has one, when our clock saw it."""

    address: Address
    path: Path
    branches: Mapping[str, str]
    default_branch: str | None
    head: str | None
    seen_at: datetime

    def choose(self, branch: str | None) -> tuple[str, str, tuple[Message, ...]]:
        """Branch, commit and notices. Without a name: the remote's default, else the only branch, else main or master."""
        if not self.branches and not self.head:
            raise IntakeError(
                say("The repository {place} is empty.", place=self.address.shown),
                remedy=say("Commit your work and push it."),
            )
        if branch:
            if branch not in self.branches:
                raise IntakeError(
                    say(
                        "There is no branch {branch}; there are {branches}.",
                        branch=shown(branch),
                        branches=listed(self.branches),
                    ),
                    remedy=say("Name one of these branches, or none for the default one."),
                )
            return branch, self.branches[branch], ()
        if self.default_branch in self.branches and self.default_branch is not None:
            return self.default_branch, self.branches[self.default_branch], ()
        if self.head:
            same = sorted(name for name, commit in self.branches.items() if commit == self.head)
            return (same[0] if same else "HEAD"), self.head, ()
        usual = [name for name in ("main", "master") if name in self.branches]
        found = list(self.branches) if len(self.branches) == 1 else usual
        if len(found) != 1:
            raise IntakeError(
                say("The repository has no default branch; there are {branches}.", branches=listed(self.branches)),
                remedy=say("Name the branch, or choose a default branch in the settings of the repository."),
            )
        notice = say("The repository's default branch does not exist; {branch} was taken.", branch=shown(found[0]))
        return found[0], self.branches[found[0]], (notice,)


class Mirrors:
    """All mirrors of one GRADER_HOME for one run: each repository is asked once, whatever its answer was."""

    def __init__(
        self,
        home: Path,
        hosts: Mapping[str, HostSettings],
        *,
        allow_local: bool = False,
        caps: Caps | None = None,
        sleep: Callable[[float], object] | None = None,
        stop: Event | None = None,
    ) -> None:
        self.folder = home.resolve() / "mirrors"
        self.caps = caps or Caps()
        self._home = self.folder / "home"
        self._stop = stop
        sleep = sleep or (stop.wait if stop else time.sleep)
        self._remotes = Remotes(self._home, hosts, allow_local=allow_local, caps=self.caps, sleep=sleep, stop=stop)
        self._seen: dict[str, Mirror | GraderError] = {}
        self._failed: dict[tuple[str, str], GraderError] = {}
        self._ways: dict[str, Address] = {}  # not as written, but by ssh
        self._last: tuple[tuple[str, str], Commit] | None = None

    def path(self, address: Address) -> Path:
        """Where this repository's mirror is, or will be."""
        return self.folder / address.key

    def fetch(self, address: Address) -> Mirror:
        """What the remote has now; asked once per run. Raises IntakeError or InfrastructureError, the same one each time."""
        if address.key not in self._seen:
            try:
                self._seen[address.key] = self._ask(address)
            except (IntakeError, InfrastructureError) as error:
                self._seen[address.key] = error
        seen = self._seen[address.key]
        if isinstance(seen, GraderError):
            raise seen
        return replace(seen, address=address)

    def forget(self, address: Address) -> None:
        """Ask this remote anew next time."""
        self._seen.pop(address.key, None)
        self._failed = {tried: error for tried, error in self._failed.items() if tried[0] != address.key}

    def open(self, address: Address) -> Objects:
        """What the mirror of this address holds."""
        reader = self.folder / "reader"
        self._make(reader)
        return Objects(self.path(address), reader, self._home, address.shown, self.caps, self._stop)

    def commit(self, address: Address, commit: str) -> Commit:
        """A pinned commit's date and listing; the last one read is remembered, for a student's next exercise."""
        key = (address.key, commit)
        if self._last is None or self._last[0] != key:
            self._last = (key, self.open(address).commit(commit))
        return self._last[1]

    def pin(self, address: Address, commit: str) -> None:
        """Have this commit in the mirror for good, fetching it if it is not there yet."""
        if not re.fullmatch(r"[0-9a-f]{40}", commit):
            raise UsageError(say("{commit} is no full commit id.", commit=shown(commit)))
        tried = (address.key, commit)
        if tried in self._failed:
            raise self._failed[tried]
        path = self.path(address)
        pinned = path / "refs" / "grader" / "pins" / commit
        if pinned.exists():
            return
        with self._locked(path):
            if pinned.exists():  # by another process, while this one waited
                return
            _clear(path)
            try:
                self._fetch(address, path, commit)
            except (IntakeError, InfrastructureError) as error:
                self._failed[tried] = error
                raise
            finally:
                _clear(path)

    def _fetch(self, address: Address, path: Path, commit: str) -> None:
        arguments = [
            "fetch", "--progress", "--no-tags", "--no-write-fetch-head", "--no-auto-gc", "--no-recurse-submodules",
            "--depth=1", f"--filter=blob:limit={self.caps.file}", "origin", f"{commit}:refs/grader/pins/{commit}",
        ]  # fmt: skip
        self._run(address, path, arguments)
        if size_of(path) > self.caps.mirror:
            raise too_large(address.shown)

    def _ask(self, address: Address) -> Mirror:
        path, reader = self.path(address), self.folder / "reader"
        self._make(reader)
        out = self._run(address, reader, ["ls-remote", "--symref", "origin", "HEAD", "refs/heads/*"])
        branches: dict[str, str] = {}
        default = head = None
        for line in out.decode(errors="surrogateescape").split("\n"):
            value, _, name = line.partition("\t")
            if value.startswith("ref: refs/heads/") and name == "HEAD":
                default = value.removeprefix("ref: refs/heads/")
            elif name == "HEAD":
                head = value
            elif name.startswith("refs/heads/") and re.fullmatch(r"[0-9a-f]{40}", value):
                branches[name.removeprefix("refs/heads/")] = value
        return Mirror(address, path, dict(sorted(branches.items())), default, head, datetime.now(UTC))

    def _run(self, address: Address, path: Path, arguments: Sequence[str]) -> bytes:
        """By the way that was written; a private repository by ssh, if that is the way the course has."""
        if address.key in self._ways:
            return self._remotes.run(self._ways[address.key], path, arguments)
        try:
            return self._remotes.run(address, path, arguments)
        except NoAccessError:
            other = self._remotes.by_ssh(address)
            if other is None:
                raise
            out = self._remotes.run(other, path, arguments)
            self._ways[address.key] = other
            return out

    @contextlib.contextmanager
    def _locked(self, path: Path) -> Iterator[None]:
        import fcntl  # noqa: PLC0415 - not on Windows, where the command line is imported too

        path.parent.mkdir(parents=True, exist_ok=True)
        with path.with_name(path.name + ".lock").open("ab") as file:
            deadline = time.monotonic() + self.caps.wall * 2
            while True:
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except OSError as error:
                    if time.monotonic() > deadline:
                        raise InfrastructureError(
                            say("Another process has been fetching this repository for too long.")
                        ) from error
                    time.sleep(0.05)
            self._make(path)
            yield

    def _make(self, path: Path) -> None:
        self._home.mkdir(parents=True, exist_ok=True)
        if (path / "HEAD").exists():
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(prefix=".new-", dir=path.parent))
        try:
            result = git.run(
                ["init", "--quiet", "--bare", "--template=", "--initial-branch=none", "--", str(made)],
                environment=git.environment(self._home, ()),
                caps=self.caps,
            )
            if result.code:
                raise InfrastructureError(say("No mirror can be made: {why}", why=shown(result.err.strip())))
            with contextlib.suppress(OSError):  # another process was first
                made.rename(path)
        finally:
            shutil.rmtree(made, ignore_errors=True)


def _clear(path: Path) -> None:
    """Remove what a killed fetch left; the lock is held."""
    for pattern in (
        "objects/pack/tmp_*",
        "objects/pack/*.temp",
        "*.lock",
        "refs/grader/pins/*.lock",
        "objects/??/tmp_obj_*",
    ):
        for left in path.glob(pattern):
            with contextlib.suppress(OSError):
                left.unlink()
