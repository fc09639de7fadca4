"""One git command against a student's remote: confined connection, redirects checked, waits honoured, secrets left in files."""

from __future__ import annotations

import contextlib
import math
import os
import shlex
import time
import urllib.parse
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol

from grader.errors import InfrastructureError, IntakeError
from grader.intake import git
from grader.intake.failures import Again, Moved, diagnose, no_repository, too_large
from grader.intake.resolve import resolve
from grader.intake.shown import redacted, shown
from grader.language import say

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path
    from threading import Event

    from grader.intake.address import Address
    from grader.intake.git import Caps

_PATIENCE, _BRIEFLY = 3, 10.0  # failures in a row; seconds


class HostSettings(Protocol):
    """How to get into one host; files, never their contents."""

    @property
    def token_file(self) -> Path | None: ...
    @property
    def ssh_key(self) -> Path | None: ...
    @property
    def known_hosts(self) -> Path | None: ...


class Remotes:
    """The way to all remotes of one run. Remembers where an address has moved to on its own host."""

    def __init__(
        self,
        home: Path,
        hosts: Mapping[str, HostSettings],
        *,
        allow_local: bool,
        caps: Caps,
        sleep: Callable[[float], object] = time.sleep,
        stop: Event | None = None,
    ) -> None:
        self.home = home  # git's empty home
        self.hosts = hosts
        self.allow_local = allow_local
        self.caps = caps
        self._sleep = sleep
        self._stop = stop
        self._moved: dict[str, str] = {}
        self._failures: dict[str, int] = {}  # in a row, per host

    def run(self, address: Address, path: Path, arguments: Sequence[str]) -> bytes:
        """One command against the remote, in the repository at `path`. Raises IntakeError or InfrastructureError.

        A host that failed several times in a row is still asked, once each time and briefly, until it answers again: one
        silent host must not cost a class of 74 two hours.
        """
        caps = self.caps
        if address.host and self._failures.get(address.host, 0) >= _PATIENCE:
            caps = replace(caps, retries=0, wall=min(caps.wall, _BRIEFLY))
        try:
            out = self._try(address, path, arguments, caps)
        except InfrastructureError:
            self._failures[address.host] = self._failures.get(address.host, 0) + 1
            raise
        except IntakeError:
            self._failures[address.host] = 0
            raise
        self._failures[address.host] = 0
        return out

    def _try(self, address: Address, path: Path, arguments: Sequence[str], caps: Caps) -> bytes:
        url = self._moved.get(address.key, address.url)
        tries = hops = 0
        while True:
            settings, env, has_token = self._connection(address, url)
            result = git.run(
                [f"--git-dir={path}", *arguments],
                environment=env,
                caps=caps,
                settings=settings,
                size=lambda: size_of(path),
                stop=self._stop,
                trace=address.kind in {"https", "http"},
            )
            if result.code == 0:
                if not result.headers.get("content-type", "application/x-git").startswith("application/x-git"):
                    raise no_repository(address.shown)  # a web page, which git takes for an empty repository
                self._moved[address.key] = url
                return result.out
            if size_of(path) + 65536 > caps.mirror:  # the limit on a file's size was quicker than our own look
                raise too_large(address.shown)
            why = diagnose(result, address, caps, has_token=has_token, now=datetime.now(UTC))
            if isinstance(why, Moved):
                url, hops = _follow(address, url, why.location, hops), hops + 1
            elif isinstance(why, Again):
                if tries >= caps.retries:
                    raise why.error
                self._sleep(min(why.seconds if why.seconds is not None else 2.0**tries, caps.retry_after))
                tries += 1
            else:
                raise why

    def _connection(self, address: Address, url: str) -> tuple[dict[str, str], dict[str, str], bool]:
        """Git's settings and environment for this remote. Secrets stay in their files."""
        settings = {
            "remote.origin.url": url,
            f"protocol.{_scheme(address)}.allow": "always",
            "http.lowSpeedLimit": "1",  # should we be killed, git itself gives up on a silent host
            "http.lowSpeedTime": str(math.ceil(self.caps.wall) + 10),
        }
        extra: dict[str, str] = {}
        has_token = False
        if address.kind == "local":
            trusted = self.home.parent / "local.gitconfig"  # the person at this machine named the folder
            if not trusted.exists():
                trusted.write_text("[safe]\n\tdirectory = *\n")
            extra["GIT_CONFIG_GLOBAL"] = str(trusted)
        else:
            ips = resolve(address, allow_local=self.allow_local)
            host = self._host(address)
            if address.kind == "ssh":
                extra |= _ssh(address, ips[0], host)
            else:
                bracketed = ",".join(f"[{ip}]" if ":" in ip else ip for ip in ips)
                settings["http.curloptResolve"] = f"{address.host}:{address.port}:{bracketed}"
                if host is not None and host.token_file:
                    _readable(host.token_file)
                    site = "{0.scheme}://{0.netloc}".format(urllib.parse.urlsplit(url))
                    settings[f"credential.{site}.helper"] = _helper(host.token_file)
                    has_token = True
        return settings, git.environment(self.home, [_scheme(address)], extra), has_token

    def by_ssh(self, address: Address) -> Address | None:
        """The same repository by ssh, where that is the only way the course has been given into this host."""
        host = self._host(address)
        if address.kind != "https" or address.port != 443 or host is None or host.token_file or not host.ssh_key:
            return None
        path = urllib.parse.unquote(urllib.parse.urlsplit(address.url).path)
        return replace(address, kind="ssh", url=f"ssh://git@{address.host}{path}", port=22)

    def _host(self, address: Address) -> HostSettings | None:
        for name, settings in self.hosts.items():
            if name.lower() in {address.host, f"{address.host}:{address.port}"}:
                return settings
        return None


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
        "ServerAliveCountMax": "4",
        "ServerAliveInterval": "15",
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


def size_of(path: Path) -> int:
    """Bytes of all objects of a mirror, half-fetched ones too."""
    total = 0
    for folder, _, names in os.walk(path / "objects"):
        for name in names:
            with contextlib.suppress(OSError):
                total += os.stat(os.path.join(folder, name)).st_size  # noqa: PTH116, PTH118 - ten times a second
    return total
