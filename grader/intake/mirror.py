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
import fcntl
import os
import re
import shlex
import time
import urllib.parse
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol

from grader.errors import GraderError, InfrastructureError, IntakeError, UsageError
from grader.intake import git
from grader.intake.address import resolve
from grader.intake.failures import Again, Moved, diagnose, too_large
from grader.intake.git import Caps
from grader.intake.locate import Entry
from grader.intake.shown import listed, redacted, shown
from grader.language import say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path
    from threading import Event

    from grader.intake.address import Address
    from grader.language import Message


class HostSettings(Protocol):
    """How to get into one host; files, never their contents."""

    @property
    def token_file(self) -> Path | None: ...
    @property
    def ssh_key(self) -> Path | None: ...
    @property
    def known_hosts(self) -> Path | None: ...


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
        sleep: Callable[[float], None] = time.sleep,
        stop: Event | None = None,
    ) -> None:
        self.folder = home.resolve() / "mirrors"
        self.hosts = hosts
        self.allow_local = allow_local
        self.caps = caps or Caps()
        self._sleep = sleep
        self._stop = stop
        self._seen: dict[str, Mirror | GraderError] = {}
        self._moved: dict[str, str] = {}

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

    def pin(self, address: Address, commit: str) -> None:
        """Have this commit in the mirror for good, fetching it if it is not there yet."""
        if not re.fullmatch(r"[0-9a-f]{40}", commit):
            raise UsageError(say("{commit} is no full commit id.", commit=shown(commit)))
        path = self.path(address)
        with self._locked(path):
            if self._is_pinned(path, commit):
                return
            _clear(path)
            arguments = [
                "fetch", "--progress", "--no-tags", "--no-write-fetch-head", "--no-auto-gc", "--no-recurse-submodules",
                "--depth=1", f"--filter=blob:limit={self.caps.file}", "origin", f"{commit}:refs/grader/pins/{commit}",
            ]  # fmt: skip
            try:
                self._remote(address, path, arguments)
            finally:
                _clear(path)
            if _size(path) > self.caps.mirror:
                raise too_large(address.shown)

    def read(self, address: Address, arguments: Sequence[str], stdin: bytes = b"", most: int | None = None) -> bytes:
        """Run a reading git command on a mirror's objects; missing objects are missing, nothing is fetched."""
        reader = self.folder / "reader"
        self._make(reader)
        extra = {"GIT_OBJECT_DIRECTORY": str(self.path(address) / "objects")}
        caps = replace(self.caps, output=most or self.caps.output)
        result = git.run(
            [f"--git-dir={reader}", *arguments],
            environment=git.environment(self._home(), (), extra),
            caps=caps,
            stdin=stdin,
            stop=self._stop,
        )
        if result.cut == "output":
            raise too_large(address.shown)
        if result.code:
            raise InfrastructureError(
                say("The mirror of {place} cannot be read: {why}", place=address.shown, why=shown(result.err.strip()))
            )
        return result.out

    def entries(self, address: Address, commit: str) -> tuple[Entry, ...]:
        """Every file of a commit, links and submodules too."""
        out = self.read(address, ["ls-tree", "-r", "-z", "--full-tree", commit], most=self.caps.entries * 512)
        if out.count(b"\0") > self.caps.entries:
            raise too_large(address.shown)
        found = []
        for line in out.split(b"\0")[:-1]:
            about, _, name = line.partition(b"\t")
            mode, _, oid = about.decode().split(" ")
            found.append(Entry(name.decode(errors="surrogateescape"), mode, oid))
        return tuple(found)

    def commit_date(self, address: Address, commit: str) -> datetime | None:
        """When the student's machine says the commit was made: a hint, never a receipt. None if it makes no sense."""
        head = self.read(address, ["cat-file", "commit", commit]).partition(b"\n\n")[0]
        match = re.search(rb"^committer .* (\d{1,12}) [+-]\d{4}$", head, re.MULTILINE)
        try:
            return datetime.fromtimestamp(int(match[1]), UTC) if match else None
        except (OverflowError, ValueError, OSError):
            return None

    def blobs(self, address: Address, oids: Sequence[str], most: int) -> tuple[dict[str, bytes], dict[str, int]]:
        """Contents of blobs below `most` bytes, and sizes of the rest (-1: left out when fetched)."""
        wanted = sorted(set(oids))
        sizes: dict[str, int] = {}
        asked = "".join(f"{oid}\n" for oid in wanted).encode()
        for line in self.read(
            address, ["cat-file", "--batch-check=%(objectname) %(objecttype) %(objectsize)"], asked
        ).splitlines():
            oid, kind, *size = line.decode().split(" ")
            sizes[oid] = int(size[0]) if kind == "blob" else -1
        small = [oid for oid in wanted if 0 <= sizes.get(oid, -1) < most]
        total = sum(sizes[oid] for oid in small)
        if total > self.caps.snapshot:
            return {}, sizes
        data = self.read(
            address,
            ["cat-file", "--batch"],
            "".join(f"{oid}\n" for oid in small).encode(),
            total + 100 * len(small) + 1,
        )
        found: dict[str, bytes] = {}
        at = 0
        for oid in small:
            at = data.index(b"\n", at) + 1
            found[oid] = data[at : at + sizes[oid]]
            at += sizes[oid] + 1
        return found, {oid: size for oid, size in sizes.items() if oid not in found}

    # --- asking a remote ---

    def _ask(self, address: Address) -> Mirror:
        path, reader = self.path(address), self.folder / "reader"
        self._make(reader)
        out = self._remote(address, reader, ["ls-remote", "--symref", "origin", "HEAD", "refs/heads/*"])
        branches: dict[str, str] = {}
        default = head = None
        for line in out.decode(errors="surrogateescape").splitlines():
            value, _, name = line.partition("\t")
            if value.startswith("ref: refs/heads/") and name == "HEAD":
                default = value.removeprefix("ref: refs/heads/")
            elif name == "HEAD":
                head = value
            elif name.startswith("refs/heads/") and re.fullmatch(r"[0-9a-f]{40}", value):
                branches[name.removeprefix("refs/heads/")] = value
        return Mirror(address, path, dict(sorted(branches.items())), default, head, datetime.now(UTC))

    def _remote(self, address: Address, path: Path, arguments: Sequence[str]) -> bytes:
        """One command against the remote, with redirects checked and waits honoured."""
        url = self._moved.get(address.key, address.url)
        tries = hops = 0
        while True:
            settings, env, has_token = self._connection(address, url)
            result = git.run(
                [f"--git-dir={path}", *arguments],
                environment=env,
                caps=self.caps,
                settings=settings,
                size=lambda: _size(path),
                stop=self._stop,
                trace=address.kind in {"https", "http"},
            )
            if result.code == 0:
                self._moved[address.key] = url
                return result.out
            why = diagnose(result, address, self.caps, has_token=has_token, now=datetime.now(UTC))
            if isinstance(why, Moved):
                url, hops = _follow(address, url, why.location, hops), hops + 1
            elif isinstance(why, Again):
                if tries >= self.caps.retries:
                    raise why.error
                self._sleep(min(why.seconds if why.seconds is not None else 2.0**tries, self.caps.retry_after))
                tries += 1
            else:
                raise why

    def _connection(self, address: Address, url: str) -> tuple[dict[str, str], dict[str, str], bool]:
        """Git's settings and environment for this remote. Secrets stay in their files."""
        settings = {"remote.origin.url": url, f"protocol.{_scheme(address)}.allow": "always"}
        extra: dict[str, str] = {}
        has_token = False
        if address.kind == "local":
            trusted = self.folder / "local.gitconfig"  # the person at this machine named the folder
            if not trusted.exists():
                trusted.write_text("[safe]\n\tdirectory = *\n")
            extra["GIT_CONFIG_GLOBAL"] = str(trusted)
        else:
            ip = resolve(address, allow_local=self.allow_local)
            host = self._host(address)
            if address.kind == "ssh":
                extra |= _ssh(address, ip, host)
            else:
                bracketed = f"[{ip}]" if ":" in ip else ip
                settings["http.curloptResolve"] = f"{address.host}:{address.port}:{bracketed}"
                if host is not None and host.token_file:
                    _readable(host.token_file)
                    site = "{0.scheme}://{0.netloc}".format(urllib.parse.urlsplit(url))
                    settings[f"credential.{site}.helper"] = _helper(host.token_file)
                    has_token = True
        return settings, git.environment(self._home(), [_scheme(address)], extra), has_token

    def _host(self, address: Address) -> HostSettings | None:
        for name, settings in self.hosts.items():
            if name.lower() in {address.host, f"{address.host}:{address.port}"}:
                return settings
        return None

    # --- folders ---

    def _home(self) -> Path:
        home = self.folder / "home"
        home.mkdir(parents=True, exist_ok=True)
        return home

    def _make(self, path: Path) -> None:
        if (path / "HEAD").exists():
            return
        result = git.run(
            ["init", "--quiet", "--bare", "--template=", "--initial-branch=none", "--", str(path)],
            environment=git.environment(self._home(), ()),
            caps=self.caps,
        )
        if result.code:
            raise InfrastructureError(say("No mirror can be made: {why}", why=shown(result.err.strip())))

    @contextlib.contextmanager
    def _locked(self, path: Path) -> Iterator[None]:
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

    def _is_pinned(self, path: Path, commit: str) -> bool:
        loose = path / "refs" / "grader" / "pins" / commit
        return loose.exists()


def _scheme(address: Address) -> str:
    return "file" if address.kind == "local" else address.kind


def _ssh(address: Address, ip: str, host: HostSettings | None) -> dict[str, str]:
    if host is None or not host.ssh_key or not host.known_hosts:
        raise InfrastructureError(
            say("course.yaml must name both ssh_key and known_hosts for {host}.", host=address.host),
            remedy=say(
                "Write them with: ssh-keygen -t ed25519, ssh-keyscan HOST; check the fingerprint on the host's page."
            ),
        )
    _readable(host.ssh_key)
    _readable(host.known_hosts)
    alias = address.host if address.port == 22 else f"[{address.host}]:{address.port}"
    options = {
        "BatchMode": "yes",
        "CheckHostIP": "no",
        "ClearAllForwardings": "yes",
        "ConnectTimeout": "20",
        "GlobalKnownHostsFile": "/dev/null",
        "HostKeyAlias": alias,
        "HostName": ip,
        "IdentitiesOnly": "yes",
        "IdentityAgent": "none",
        "PermitLocalCommand": "no",
        "PreferredAuthentications": "publickey",
        "ProxyCommand": "none",
        "StrictHostKeyChecking": "yes",
        "UpdateHostKeys": "no",
        "UserKnownHostsFile": f'"{host.known_hosts.resolve()}"',
        "IdentityFile": f'"{host.ssh_key.resolve()}"',
    }
    words = ["ssh", "-F", "/dev/null", *(word for name, value in options.items() for word in ("-o", f"{name}={value}"))]
    return {"GIT_SSH_COMMAND": shlex.join(words), "GIT_SSH_VARIANT": "ssh"}


def _helper(token_file: Path) -> str:
    """A credential helper that reads `TOKEN` or `USER:TOKEN` from its file; the token is in no argument and no variable of ours."""
    return (
        f'!f() {{ test "$1" = get || return 0; IFS= read -r t < {shlex.quote(str(token_file.resolve()))} || :; '
        "t=${t%\"$(printf '\\r')\"}; case $t in *:*) u=${t%%:*}; t=${t#*:};; *) u=oauth2;; esac; "
        'printf \'username=%s\\npassword=%s\\n\' "$u" "$t"; }; f'
    )


def _readable(path: Path) -> None:
    if not os.access(path, os.R_OK) or not path.is_file():
        raise InfrastructureError(
            say("The file {path} that course.yaml names cannot be read.", path=shown(str(path))),
            remedy=say("Create it, readable for the grader alone."),
        )


def _follow(address: Address, url: str, location: str, hops: int) -> str:
    """Where a redirect leads, if it stays on the host and keeps the encryption. Raises IntakeError."""
    target = urllib.parse.urljoin(url + "/info/refs", location)
    new, old = urllib.parse.urlsplit(target), urllib.parse.urlsplit(url)
    suffix = "/info/refs"
    same = (new.scheme, (new.hostname or "").lower(), new.port or None) == (
        old.scheme,
        (old.hostname or "").lower(),
        old.port,
    )
    if not same or new.username or new.password or hops >= 3:
        raise IntakeError(
            say("{place} redirects to another place: {target}", place=address.shown, target=redacted(target)),
            remedy=say("Give the address the repository has now."),
        )
    if not new.path.endswith(suffix) or len(new.path) > 1024:
        raise IntakeError(
            say("No access to {place}{code}: it does not exist, or it is private.", place=address.shown, code=""),
            remedy=say("Give the address the repository has now."),
        )
    return f"{new.scheme}://{new.netloc}{new.path.removesuffix(suffix)}"


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


def _size(path: Path) -> int:
    """Bytes of all objects of a mirror, half-fetched ones too."""
    total = 0
    for folder, _, names in os.walk(path / "objects"):
        for name in names:
            with contextlib.suppress(OSError):
                total += os.stat(os.path.join(folder, name)).st_size  # noqa: PTH116, PTH118 - ten times a second
    return total
