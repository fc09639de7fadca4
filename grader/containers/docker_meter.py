"""What a container used and which limits it hit, seen from outside.

On the Engine's own machine the kernel's files say it (control groups, version 1 or 2). From another machine the Engine's API does: CPU, memory
and tasks once a second from its statistics, hits from the same files read by a `cat` that the Engine starts beside the driver.
"""

from __future__ import annotations

import contextlib
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from grader.containers.docker_engine import EngineError
from grader.containers.session import Ending, Usage
from grader.language import say

if TYPE_CHECKING:
    import docker

    from grader.containers.docker_engine import Engine

PROC = Path("/proc")
RUNNING = frozenset("RD")  # on a processor or waiting for one; waiting for a device
NOBODY = "65534:65534"
FULL = "temporarily unavailable"  # EAGAIN: no process more
V1, V2 = "/sys/fs/cgroup/{}/", "/sys/fs/cgroup/"
COUNTERS = (
    f"{V1.format('memory')}memory.oom_control",
    f"{V1.format('pids')}pids.events",
    f"{V2}memory.events",
    f"{V2}pids.events",
)


@dataclass(frozen=True, slots=True)
class Reading:
    """What was used up to the moment `at`, on our monotonic clock."""

    at: float
    usage: Usage


class Meter(Protocol):
    poll: float  # seconds between two looks that make sense

    def read(self) -> Reading:
        """Use since the container started, as far as known."""

    def hits(self) -> frozenset[Ending]:
        """Limits hit since the last call."""

    def is_running(self) -> bool:
        """Whether any task inside is on a processor or waiting for one."""


@dataclass(frozen=True, slots=True)
class Files:
    """Where one container's counters are."""

    cpu: Path
    cpu_field: str  # a "name value" line, or empty: the file is one number
    cpu_unit: float  # seconds per count
    memory: Path
    memory_peak: Path
    pids: Path


class KernelMeter:
    """Reads the container's control groups."""

    poll = 0.05

    def __init__(self, files: Files) -> None:
        self._files = files
        self._last = Reading(time.monotonic(), Usage())
        self._seen = (0, 0)

    def read(self) -> Reading:
        try:
            text = self._files.cpu.read_text(encoding="ascii")
            cpu = (_field(text, self._files.cpu_field) if self._files.cpu_field else int(text)) * self._files.cpu_unit
            tasks = int((self._files.pids / "pids.current").read_text(encoding="ascii"))
        except (OSError, ValueError):
            return self._last
        before, memory = self._last.usage, _number(self._files.memory_peak)
        self._last = Reading(time.monotonic(), Usage(cpu, max(memory, before.memory), max(tasks, before.tasks)))
        return self._last

    def hits(self) -> frozenset[Ending]:
        now = (_field_of(self._files.memory, "oom_kill"), _field_of(self._files.pids / "pids.events", "max"))
        hits, self._seen = _newly_hit(self._seen, now)
        return hits

    def is_running(self) -> bool:
        try:
            pids = (self._files.pids / "cgroup.procs").read_text(encoding="ascii").split()
        except OSError:
            return False
        return any(_state(task) in RUNNING for pid in pids for task in _tasks(pid))


class NoMeter:
    """For a container that was dead before anybody could look."""

    poll = 0.05

    def read(self) -> Reading:
        return Reading(time.monotonic(), Usage())

    def hits(self) -> frozenset[Ending]:
        return frozenset()

    def is_running(self) -> bool:
        return False


class EngineMeter:
    """Asks the Engine, wherever it is. Its statistics come once a second, read by a thread of this meter until the container is gone."""

    poll = 0.08

    def __init__(self, engine: Engine, container: str) -> None:
        self._engine = engine
        self._container = container
        self._last = Reading(0.0, Usage())
        self._seen = (0, 0)
        threading.Thread(target=self._follow, args=(engine.client(),), daemon=True).start()

    def read(self) -> Reading:
        return self._last

    def hits(self) -> frozenset[Ending]:
        """Reads the counters inside, as a user whom nobody inside can touch. Where not even `cat` can be started, the cap is hit right now."""
        try:
            text = self._engine.call(say("read counters"), self._counters)
        except EngineError as error:
            return frozenset({Ending.PIDS} if FULL in str(error) else ())
        if FULL in text:
            return frozenset({Ending.PIDS})
        hits, self._seen = _newly_hit(self._seen, (_field(text, "oom_kill"), _field(text, "max")))
        return hits

    def is_running(self) -> bool:
        try:
            table = self._engine.call(say("list tasks"), lambda c: c.top(self._container, ps_args="-eLo pid,stat"))
        except EngineError:
            return True  # cannot be told, so nothing is proved
        return any(row[1][:1] in RUNNING for row in table.get("Processes") or [])

    def _counters(self, client: docker.APIClient) -> str:
        made = client.exec_create(self._container, ["/bin/cat", *COUNTERS], user=NOBODY, stderr=False)
        return str(client.exec_start(made["Id"]).decode("utf-8", "replace"))

    def _follow(self, client: docker.APIClient) -> None:
        with contextlib.suppress(
            Exception
        ):  # the stream ends as it likes; the session sees for itself how the container fares
            for stats in client.stats(self._container, decode=True):
                used = stats.get("cpu_stats", {}).get("cpu_usage", {}).get("total_usage")
                if used:
                    before, memory = self._last.usage, stats.get("memory_stats", {})
                    usage = Usage(
                        cpu=used / 1e9,
                        memory=max(memory.get("max_usage") or memory.get("usage") or 0, before.memory),
                        tasks=max(stats.get("pids_stats", {}).get("current") or 0, before.tasks),
                    )
                    self._last = Reading(time.monotonic(), usage)


def kernel_files(pid: int, container: str, *, proc: Path = PROC) -> Files | None:
    """The counters of the container whose first process is `pid`, or None where they cannot be read (another machine, mostly)."""
    try:
        lines = (proc / str(pid) / "cgroup").read_text(encoding="utf-8").splitlines()
        mounts = _mounts((proc / "self" / "mountinfo").read_text(encoding="utf-8"))
    except OSError:
        return None
    groups: dict[str, Path] = {}
    for line in lines:
        _, names, path = line.split(":", 2)
        for name in names.split(","):
            if name in mounts and container in path:
                groups[name] = mounts[name] / path.lstrip("/")
    if {"cpuacct", "memory", "pids"} <= groups.keys():
        memory = groups["memory"]
        files = Files(
            cpu=groups["cpuacct"] / "cpuacct.usage",
            cpu_field="",
            cpu_unit=1e-9,
            memory=memory / "memory.oom_control",
            memory_peak=memory / "memory.max_usage_in_bytes",
            pids=groups["pids"],
        )
    elif "" in groups:
        group = groups[""]
        files = Files(
            cpu=group / "cpu.stat",
            cpu_field="usage_usec",
            cpu_unit=1e-6,
            memory=group / "memory.events",
            memory_peak=group / "memory.peak",
            pids=group,
        )
    else:
        return None
    return files if files.cpu.exists() and files.memory.exists() and (files.pids / "pids.events").exists() else None


def _newly_hit(before: tuple[int, int], now: tuple[int, int]) -> tuple[frozenset[Ending], tuple[int, int]]:
    """Which of the counters (memory killer, process cap) rose, and the new state; a file that is gone reads 0 and changes nothing."""
    after = (max(before[0], now[0]), max(before[1], now[1]))
    names = (Ending.MEMORY, Ending.PIDS)
    return frozenset(name for name, old, new in zip(names, before, after, strict=True) if new > old), after


def _mounts(mountinfo: str) -> dict[str, Path]:
    """Controller -> where it is mounted; the unified hierarchy is called "" as in /proc/PID/cgroup."""
    found: dict[str, Path] = {}
    for line in mountinfo.splitlines():
        before, _, after = line.partition(" - ")
        where, (kind, *rest) = before.split()[4], after.split()
        if kind == "cgroup2":
            found[""] = Path(where)
        elif kind == "cgroup":
            found |= {name: Path(where) for name in rest[-1].split(",")}
    return found


def _tasks(pid: str) -> list[Path]:
    try:
        return list((PROC / pid / "task").iterdir())
    except OSError:
        return []


def _state(task: Path) -> str:
    try:
        return (task / "stat").read_text(encoding="utf-8", errors="replace").rpartition(") ")[2][:1]
    except OSError:
        return ""


def _field(text: str, name: str) -> int:
    return next((int(line.split()[1]) for line in text.splitlines() if line.split()[:1] == [name]), 0)


def _field_of(path: Path, name: str) -> int:
    try:
        return _field(path.read_text(encoding="ascii"), name)
    except (OSError, ValueError):
        return 0


def _number(path: Path) -> int:
    try:
        return int(path.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return 0
