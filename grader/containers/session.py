"""The one interface to every place where student code may run.

`backend.open(spec)` starts a fresh sandbox whose process is `sandbox/driver.py`; protocol lines go in and come out.
Limits are enforced from outside by whoever implements the session; nothing inside is believed about them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol, Self

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from types import TracebackType


class Ending(StrEnum):
    """How a session, or the run it was busy with, ended. Only `infra` is retried."""

    OK = "ok"  # closed by us, nothing wrong
    EXIT = "exit"  # the driver exited by itself
    SIGNAL = "signal"  # the driver was killed by a signal that was not ours
    WALL = "wall"  # deadline reached, neither idle nor out of CPU
    CPU = "cpu"  # CPU seconds of the whole tree used up
    IDLE = "idle"  # deadline reached and provably nothing ran
    MEMORY = "memory"
    PIDS = "pids"
    OUTPUT = "output"  # more bytes than allowed came out
    DISK = "disk"
    PROTOCOL = "protocol"  # a line too long, not a line
    INFRA = "infra"  # sandbox or daemon failed


@dataclass(frozen=True, slots=True)
class Limits:
    """Per run, where not said otherwise. Seconds, bytes, counts."""

    wall: float = 10.0
    cpu: float = 5.0
    memory: int = 256 * 2**20  # the whole tree
    tasks: int = 64  # processes and threads together
    disk: int = 64 * 2**20  # all that is written, in bytes
    file: int = 50 * 2**20  # one file
    open_files: int = 256
    output: int = 2**20  # stdout and stderr of one run
    message: int = 8 * 2**20  # one protocol line


@dataclass(frozen=True, slots=True)
class SandboxSpec:
    """What a sandbox is made of. `packages` are read-only folders put on the import path inside."""

    limits: Limits = field(default_factory=Limits)
    packages: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class Usage:
    """What the tree used since the session opened. `tasks` and `memory` are peaks where they can be had."""

    cpu: float = 0.0
    memory: int = 0
    tasks: int = 0


class Enforcement(StrEnum):
    ENFORCED = "enforced"
    BEST_EFFORT = "best effort"
    NONE = "none"


class Session(Protocol):
    """One sandbox. Single-threaded use; always closed."""

    def send(self, line: bytes) -> None:
        """Hand one protocol line (ending in a newline) to the driver. A dead driver is seen by the next `receive`."""

    def receive(self, *, wall: float, cpu: float) -> bytes | Ending:
        """The driver's next line, or why none came within `wall` seconds and `cpu` seconds of the tree, both from this call on.

        After an `Ending` the tree has been killed and the session only answers `close`.
        """

    def usage(self) -> Usage: ...

    def hits(self) -> frozenset[Ending]:
        """Limits the kernel reported as hit since the last call (memory killer, process cap), where the backend can know."""

    def close(self) -> Ending:
        """Kill what is left, reap, free; safe to call twice. Returns how the session ended."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class Backend(Protocol):
    name: str  # as printed in grades: "bubblewrap", "docker", "local (unsafe)"

    def open(self, spec: SandboxSpec) -> Session:
        """A fresh sandbox; the driver's first line (its hello) has been read. Raises SandboxError."""

    def capabilities(self) -> Mapping[str, Enforcement]:
        """Per limit (memory, tasks, cpu, wall, disk, output, network, files, privileges, aslr): how well it holds here."""

    def python(self) -> str:
        """The Python version inside, "3.11.2"."""
