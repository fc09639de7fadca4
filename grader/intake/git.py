"""The git program, confined: empty environment and home, nothing of anybody's configuration, caps enforced from outside.

Nothing here is told a secret: a token is read by the credential helper inside git's own process tree, from its file.
"""

from __future__ import annotations

import contextlib
import os
import re
import selectors
import shutil
import subprocess
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from grader.errors import InfrastructureError
from grader.language import say
from grader.orphans import become_reaper, end_group

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path
    from threading import Event

_MB = 2**20


@dataclass(frozen=True, slots=True)
class Caps:
    """What one repository may cost. Bytes, counts, seconds."""

    mirror: int = 512 * _MB  # all of one mirror on disk
    objects: int = 500_000  # objects announced by the remote for one fetch
    entries: int = 200_000  # files in one commit
    wall: float = 120.0  # one git command
    cpu: int = 120  # CPU seconds of one git process
    memory: int = 4096 * _MB  # address space of one git process
    output: int = 64 * _MB  # what one git command may print
    file: int = _MB  # one file of a snapshot; a bigger one is not even fetched where the host can leave it out
    snapshot: int = 16 * _MB  # all files of a snapshot
    files: int = 2_000  # number of files of a snapshot
    retries: int = 3  # after 429, 5xx and broken connections
    retry_after: float = 60.0  # the longest wait a host may ask for


# Given with every command, so that no file on disk decides anything.
SETTINGS: Mapping[str, str] = {
    "core.hooksPath": os.devnull,
    "core.attributesFile": os.devnull,
    "core.excludesFile": os.devnull,
    "core.fsmonitor": "false",
    "core.symlinks": "false",
    "core.autocrlf": "false",
    "core.bigFileThreshold": "1m",  # bigger blobs are streamed, not held in memory
    "core.askPass": "false",
    "credential.helper": "",
    "credential.interactive": "never",
    "fetch.fsckObjects": "true",
    "fetch.fsck.badTimezone": "ignore",  # sloppy old tools, harmless
    "fetch.fsck.missingSpaceBeforeDate": "ignore",
    "fetch.fsck.zeroPaddedFilemode": "ignore",
    "fetch.recurseSubmodules": "false",
    "fetch.unpackLimit": "1",  # packs only: their size is seen while they grow
    "fetch.writeCommitGraph": "false",
    "gc.auto": "0",
    "http.followRedirects": "false",
    "http.proxy": "",
    "http.sslVerify": "true",
    "maintenance.auto": "false",
    "pack.threads": "1",
    "protocol.allow": "never",
    "protocol.version": "2",
    "submodule.recurse": "false",
    "transfer.bundleURI": "false",
}


@dataclass(frozen=True, slots=True)
class Result:
    """How a git command ended. `statuses` are the HTTP status codes in order; `headers` the last answer's, lower case."""

    code: int
    out: bytes
    err: str
    statuses: tuple[int, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    cut: str = ""  # which cap ended it: "", "wall", "size", "objects", "output", "stopped"


def environment(home: Path, protocols: Sequence[str], extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """The whole environment of a git process; nothing of ours is inherited. `home` is an empty folder."""
    return {
        "PATH": os.pathsep.join(dict.fromkeys([os.path.dirname(_git()), "/usr/local/bin", "/usr/bin", "/bin"])),  # noqa: PTH120
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home),
        "LC_ALL": "C.UTF-8",
        "LANGUAGE": "C",
        "TZ": "UTC",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_SYSTEM": os.devnull,
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_ATTR_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_ASKPASS": "false",
        "SSH_ASKPASS": "false",
        "SSH_ASKPASS_REQUIRE": "never",
        "GIT_NO_REPLACE_OBJECTS": "1",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_LFS_SKIP_SMUDGE": "1",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_PROTOCOL_FROM_USER": "0",
        "GIT_ALLOW_PROTOCOL": ":".join(protocols) or "none",
        **(extra or {}),
    }


def _git() -> str:
    found = shutil.which("git")
    if not found:
        raise InfrastructureError(say("The program git is not installed."), remedy=say("Install git 2.30 or newer."))
    return found


def run(
    arguments: Sequence[str],
    *,
    environment: Mapping[str, str],
    caps: Caps,
    settings: Mapping[str, str] | None = None,
    stdin: bytes = b"",
    size: Callable[[], int] | None = None,
    stop: Event | None = None,
    trace: bool = False,
) -> Result:
    """Run git and read what it prints, within `caps`. The whole process group is killed when a cap is reached.

    `size` is asked again and again how big the mirror is. `trace` reads HTTP status lines and headers, which git then
    writes between its messages, without secrets or data; they are looked at and dropped.
    """
    given = {**SETTINGS, **(settings or {})}
    command = [_git(), *(part for name, value in given.items() for part in ("-c", f"{name}={value}")), *arguments]
    limits = f"ulimit -c 0; ulimit -n 512; ulimit -f {caps.mirror // 512}; ulimit -t {caps.cpu}; ulimit -v {caps.memory // 1024}"
    wrapped = ["/bin/sh", "-c", f'{{ {limits}; }} 2>/dev/null; exec "$0" "$@"', *command]
    env = dict(environment)
    if trace:
        env |= {"GIT_TRACE_CURL": "2", "GIT_TRACE_CURL_NO_DATA": "1", "GIT_TRACE_REDACT": "1"}
    become_reaper()
    try:
        process = subprocess.Popen(
            wrapped,
            env=env,
            cwd=env["HOME"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
    except OSError as error:
        raise InfrastructureError(say("git could not be started: {why}", why=error.strerror or "")) from error
    try:
        return _Reader(caps, size, stop).read(process, stdin)
    finally:
        end_group(process)
        for stream in (process.stdin, process.stdout, process.stderr):
            if stream:
                with contextlib.suppress(BrokenPipeError):
                    stream.close()


_TRACE = re.compile(rb"\d\d:\d\d:\d\d\.\d+ http\.c:\d+ ")
_HEADER = re.compile(rb"<= Recv header: ?(.*)")
_STATUS = re.compile(r"HTTP/[\d.]+ (\d{3})")
_ANNOUNCED = re.compile(rb"(?:Receiving|Counting|Enumerating) objects: +(?:\d+% \(\d+/(\d+)\)|(\d+)(?![\d%]))")


class _Reader:
    """Reads a process's three streams with caps. One use."""

    def __init__(self, caps: Caps, size: Callable[[], int] | None, stop: Event | None) -> None:
        self.caps, self.size, self.stop = caps, size, stop
        self.out = bytearray()
        self.err = bytearray()
        self.line = b""
        self.statuses: list[int] = []
        self.headers: dict[str, str] = {}

    def read(self, process: subprocess.Popen[bytes], stdin: bytes) -> Result:
        assert process.stdin
        assert process.stdout
        assert process.stderr
        deadline = time.monotonic() + self.caps.wall
        cut = ""
        pending = memoryview(stdin)
        with selectors.DefaultSelector() as selector:
            selector.register(process.stdout, selectors.EVENT_READ, self._take_out)
            selector.register(process.stderr, selectors.EVENT_READ, self._take_err)
            os.set_blocking(process.stdin.fileno(), False)
            selector.register(process.stdin, selectors.EVENT_WRITE)
            while selector.get_map() and not cut:
                for key, _ in selector.select(0.1):
                    if key.data is None:
                        pending = self._feed(process, pending, selector)
                        continue
                    data = os.read(key.fd, 65536)
                    if data:
                        cut = cut or key.data(data)
                    else:
                        selector.unregister(key.fileobj)
                        self._take_err(b"\n")
                cut = cut or self._over(deadline)
        if not cut:
            try:
                process.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                cut = "wall"
        code = -1 if cut else process.returncode
        return Result(
            code, bytes(self.out), self.err.decode(errors="replace"), tuple(self.statuses), dict(self.headers), cut
        )

    def _feed(
        self, process: subprocess.Popen[bytes], pending: memoryview, selector: selectors.BaseSelector
    ) -> memoryview:
        assert process.stdin
        try:
            pending = pending[os.write(process.stdin.fileno(), pending) if pending else 0 :]
        except BlockingIOError:
            return pending
        except BrokenPipeError:
            pending = pending[len(pending) :]
        if not pending:
            selector.unregister(process.stdin)
            process.stdin.close()
        return pending

    def _over(self, deadline: float) -> str:
        if self.stop is not None and self.stop.is_set():
            return "stopped"
        if self.size is not None and self.size() > self.caps.mirror:
            return "size"
        return "wall" if time.monotonic() > deadline else ""

    def _take_out(self, data: bytes) -> str:
        self.out += data
        return "output" if len(self.out) > self.caps.output else ""

    def _take_err(self, data: bytes) -> str:
        *lines, rest = re.split(rb"[\r\n]", self.line + data)
        self.line = rest[:65536]
        for line in lines:
            announced = _ANNOUNCED.search(line)
            if _TRACE.match(line):
                header = _HEADER.search(line)
                if header:
                    self._header(header[1].decode("latin-1").strip())
            elif announced:
                if int((announced[1] or announced[2])[:18]) > self.caps.objects:
                    return "objects"
            elif line:
                self.err += line + b"\n"
        del self.err[: max(0, len(self.err) - 65536)]  # the end says why
        return ""

    def _header(self, header: str) -> None:
        status = _STATUS.match(header)
        if status:
            self.statuses.append(int(status[1]))
            self.headers.clear()
            return
        name, _, value = header.partition(":")
        if name.lower() in {"location", "retry-after", "content-type"}:
            self.headers[name.lower()] = value.strip()
