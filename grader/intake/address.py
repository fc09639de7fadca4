"""What a student gives as an address, made into something git may be given; everything else is refused before git runs."""

from __future__ import annotations

import hashlib
import ipaddress
import re
import urllib.parse
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NoReturn

from grader.errors import IntakeError
from grader.intake.shown import listed, redacted, shown
from grader.language import say

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from grader.language import Message

Kind = Literal["https", "http", "ssh", "local"]
_LONGEST = 2048
_PORTS = {"https": 443, "http": 80, "ssh": 22}
_OWNER_AND_NAME = frozenset({"gitee.com", "github.com"})  # addresses there are exactly owner/name
_PAGES = frozenset({"tree", "blob", "raw", "blame", "commits", "edit"})  # /tree/BRANCH/FOLDER
_SECRETS = re.compile(r"(?i)[?&#;](?:[a-z_]*token|[a-z_]*key|password|passwd|secret|auth)=")
_USER = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}")
_HOST = re.compile(r"(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]{0,62})(?:\.[a-z0-9][a-z0-9-]{0,62})*")


@dataclass(frozen=True, slots=True)
class Address:
    """A repository. `url` is what git is given and holds no secret; `shown` is for people; `host` is "" for a local path.

    `tail` is what followed /tree/ in a pasted page address: a branch and perhaps a folder, told apart when the branches
    are known (`split_tail`); `is_file` says that the tail ends in a file.
    """

    kind: Kind
    url: str
    host: str
    shown: str
    port: int = 0
    tail: str = ""
    is_file: bool = False

    @property
    def key(self) -> str:
        """One name per repository, whichever way it was written, as `shown` too; safe as a folder name."""
        place = re.sub(r"^[a-z]+://(?:[^/@]*@)?", "", self.url).removesuffix(".git")
        return hashlib.sha256(place.encode(errors="surrogateescape")).hexdigest()[:40]


def parse_address(text: str, hosts: Sequence[str] | Mapping[str, object], *, allow_local: bool = False) -> Address:
    """The repository that `text` names. `hosts` are the course's, as `name` or `name:port`.

    Understood: `https://host/owner/name[.git][/]`, pages below it (`/tree/branch/folder`, `/blob/branch/folder/file`),
    `host/owner/name`, `ssh://git@host/path`, `git@host:path`; with `allow_local` also folders here and loopback hosts.
    An ssh address of a host without an ssh key in course.yaml is read over https. Raises IntakeError.
    """
    text = text.strip().strip("\ufeff\u200b\u3000").strip()
    if not text:
        _refuse(say("No repository address was given."), say("Write the https address of the repository."))
    if len(text) > _LONGEST:
        _refuse(say("The repository address is longer than {n} characters.", n=_LONGEST))
    if text.startswith("-"):
        _refuse(say("A repository address cannot begin with a dash."))
    if any(ord(c) < 0x20 or 0x7F <= ord(c) < 0xA0 or c in "\u2028\u2029" for c in text):
        _refuse(
            say("The repository address has control characters in it."),
            say("Copy it again from the page of the repository."),
        )
    if _SECRETS.search(text):
        _no_secret()
    if allow_local and (local := _local(text)):
        return local
    if re.match(r"[A-Za-z0-9+.-]*::", text):
        _refuse(say("Addresses with :: would start a program and are refused."), _remedy(hosts))
    scheme, separator, rest = text.partition("://")
    if separator:
        return _web(scheme.lower(), rest, hosts, allow_local=allow_local)
    scp = re.fullmatch(r"(?:([^/@:]*)@)?(\[[0-9a-fA-F:.]+\]|[^/@:]+):(?!\d+/)(.+)", text)
    if scp:
        return _ssh(scp[1], scp[2], 0, scp[3], hosts, allow_local=allow_local)
    if text.partition("/")[0].lower() in {host.lower() for host in hosts}:
        return _web("https", text, hosts, allow_local=allow_local)
    if "@" in text:
        _no_secret()
    return _refuse(say("This is no repository address: {text}", text=redacted(text)), _remedy(hosts))


def split_tail(address: Address, branches: Sequence[str]) -> tuple[str | None, str | None]:
    """Branch and folder that a pasted page address named. Branch names may have slashes: the longest that fits is taken."""
    if not address.tail:
        return None, None
    parts = address.tail.split("/")
    known = set(branches)
    cut = next((n for n in range(len(parts), 0, -1) if "/".join(parts[:n]) in known), 1)
    folder = parts[cut : len(parts) - 1 if address.is_file else len(parts)]
    return "/".join(parts[:cut]), "/".join(folder) or None


def _local(text: str) -> Address | None:
    """A folder of this machine, as a path or file:// address; None where there is none of that name."""
    if text.lower().startswith("file:///"):
        text = urllib.parse.unquote(text[7:], errors="surrogateescape")
    elif "://" in text or "::" in text:
        return None
    try:
        path = Path(text).expanduser().resolve()
        if not path.is_dir():
            return None
    except (OSError, ValueError, RuntimeError):
        return None
    return Address("local", "file://" + str(path).replace("%", "%25"), "", shown(str(path), _LONGEST))


def _web(scheme: str, rest: str, hosts: Sequence[str] | Mapping[str, object], *, allow_local: bool) -> Address:
    if scheme not in {"https", "http", "ssh", "git+ssh", "ssh+git"}:
        if "@" in rest or not re.fullmatch(r"[a-z][a-z0-9+.-]{0,15}", scheme):
            _no_secret()
        _refuse(say("Addresses that begin with {scheme}:// are refused.", scheme=scheme), _remedy(hosts))
    authority, _, path = rest.partition("/")
    user, at, place = authority.rpartition("@")
    match = re.fullmatch(r"(\[[0-9a-fA-F:.]+\]|[^:\[\]?#]+)(?::(\d{1,5}))?", re.split(r"[?#]", place, maxsplit=1)[0])
    if not match or not 0 < int(match[2] or 1) < 65536:
        if "@" in rest:
            _no_secret()  # a password with a slash in it, say
        _refuse(say("This is no repository address: {text}", text=redacted(rest)), _remedy(hosts))
    port = int(match[2] or 0)
    path = re.split(r"[?#]", path, maxsplit=1)[0]
    if "ssh" in scheme:
        return _ssh(user if at else None, match[1], port, path, hosts, allow_local=allow_local)
    if at:
        _no_secret()
    host, local = _allowed(match[1], port or _PORTS[scheme], scheme, hosts, allow_local=allow_local)
    if scheme == "http" and not local:
        scheme, port = "https", port if port != _PORTS["http"] else 0
    return _https(scheme, host, port, path, hosts)


def _https(scheme: str, host: str, port: int, path: str, hosts: Sequence[str] | Mapping[str, object]) -> Address:
    parts = [urllib.parse.unquote(part) for part in path.split("/") if part]
    _check_path(parts[:1], parts, hosts)
    parts, tail, is_file = _page(host, parts)
    if host in _OWNER_AND_NAME and len(parts) == 2:
        parts[1] = parts[1].removesuffix(".git") + ".git"
    _check_path(parts, parts, hosts)
    port = port or _PORTS[scheme]
    bracketed = f"[{host}]" if ":" in host else host
    place = bracketed if port == _PORTS[scheme] else f"{bracketed}:{port}"
    url = f"{scheme}://{place}/" + "/".join(urllib.parse.quote(part, safe="~+@:,=!$&'()*;") for part in parts)
    kind: Kind = "http" if scheme == "http" else "https"
    readable = url if "%25" in url else f"{scheme}://{place}/" + "/".join(parts)
    return Address(kind, url, host, shown(readable, _LONGEST), port, tail, is_file)


def _page(host: str, parts: list[str]) -> tuple[list[str], str, bool]:
    """Parts of the repository, and what a page below it says: branch and folder, and whether that is a file."""
    starts = [n for n in range(1, len(parts)) if n >= 2 or parts[n - 1].endswith(".git")]
    at = next((n for n in starts if _is_page(parts[n:]) or parts[n - 1].endswith(".git")), len(parts))
    if host in _OWNER_AND_NAME:
        at = 2
    repository, page = parts[:at], parts[at:]
    if page[:1] == ["-"]:
        page = page[1:]
    if page[:2] == ["src", "branch"]:
        page = ["tree", *page[2:]]
    if len(page) < 2 or page[0] not in _PAGES:
        return repository, "", False
    return repository, "/".join(page[1:]), page[0] in {"blob", "raw", "blame", "edit"}


def _is_page(rest: list[str]) -> bool:
    return rest[0] == "-" or rest[:2] == ["src", "branch"] or (rest[0] in _PAGES and len(rest) > 1)


def _ssh(
    user: str | None,
    place: str,
    port: int,
    path: str,
    hosts: Sequence[str] | Mapping[str, object],
    *,
    allow_local: bool,
) -> Address:
    if user is None:
        user = "git"
    if not _USER.fullmatch(user):
        _no_secret()
    host, _ = _allowed(place, port or _PORTS["ssh"], "ssh", hosts, allow_local=allow_local)
    settings = hosts.get(_named(host, port or _PORTS["ssh"], "ssh", hosts)) if hasattr(hosts, "get") else None
    if not getattr(settings, "ssh_key", None):
        if host in _names(hosts) and port in {0, _PORTS["ssh"]}:
            return _https("https", host, 0, path, hosts)
        _refuse(
            say("The course has no ssh key for {host}.", host=shown(host)),
            say("Give the https address of the repository."),
        )
    parts = [part for part in path.split("/") if part]
    _check_path(parts, parts, hosts)
    port = port or _PORTS["ssh"]
    bracketed = f"[{host}]" if ":" in host else host
    place = bracketed if port == _PORTS["ssh"] else f"{bracketed}:{port}"
    path = "/".join(parts)
    return Address("ssh", f"ssh://{user}@{place}/{path}", host, shown(f"ssh://{place}/{path}", _LONGEST), port)


def _names(hosts: Sequence[str] | Mapping[str, object]) -> set[str]:
    return {host.lower().rstrip(".") for host in hosts}


def _named(host: str, port: int, scheme: str, hosts: Sequence[str] | Mapping[str, object]) -> str:
    """The course's own spelling of this host and port, "" if it is not one of its hosts."""
    for name in hosts:
        if name.lower().rstrip(".") in {f"{host}:{port}", *([host] if port == _PORTS[scheme] else [])}:
            return name
    return ""


def _allowed(
    text: str, port: int, scheme: str, hosts: Sequence[str] | Mapping[str, object], *, allow_local: bool
) -> tuple[str, bool]:
    """The host as it is used from here on, and whether it is this machine. Raises IntakeError for any other host."""
    host = text.strip("[]").lower().rstrip(".")
    try:
        host = host if host.isascii() else host.encode("idna").decode()
    except UnicodeError:
        host = ""
    try:
        ip = ipaddress.ip_address(host)
    except ValueError:
        ip = None
        if not _HOST.fullmatch(host):
            _refuse(say("{host} is no host name.", host=shown(text, 80)), _remedy(hosts))
    local = host == "localhost" or bool(ip and ip.is_loopback)
    if local and allow_local:
        return host, True
    if _named(host, port, scheme, hosts) or (scheme == "http" and port == _PORTS["http"] and host in _names(hosts)):
        return host, False
    return _refuse(
        say("{host} is not one of the course's hosts: {hosts}.", host=shown(host), hosts=listed(hosts)),
        _remedy(hosts),
    )


def _check_path(repository: list[str], parts: list[str], hosts: Sequence[str] | Mapping[str, object]) -> None:
    if (
        not repository
        or any(part[0] == "-" or part == ".git" or "/" in part for part in repository)
        or any(name in {".", ".."} for part in parts for name in part.split("/"))
        or any("\\" in part or min(part) < " " for part in parts)
    ):
        _refuse(say("The address does not name a repository."), _remedy(hosts))


def _remedy(hosts: Sequence[str] | Mapping[str, object]) -> Message:
    return say("Write it like {example}.", example=f"https://{next(iter(hosts), 'gitee.com')}/NAME/REPOSITORY")


def _refuse(message: Message, remedy: Message | None = None) -> NoReturn:
    raise IntakeError(message, remedy=remedy or say("Write the https address of the repository."))


def _no_secret() -> NoReturn:
    _refuse(
        say("The address has a user name, password or token in it; it was not used and is not kept."),
        say(
            "Give the address without it and change that password now. A private repository is read with the course's own access."
        ),
    )
