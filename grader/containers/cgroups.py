"""Control groups, version 1 or 2, where this process may make them: memory and tasks of a whole tree, and its exact CPU seconds.

A group is called `grader-<pid of its maker>-<number>`, lives beside or below the maker's own, and is removed at close; what a killed
maker left is removed by the next one.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from grader.containers.session import Ending

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

ROOT = Path("/sys/fs/cgroup")
NUMBERS = itertools.count(1)
NEEDED = ("memory", "pids", "cpuacct")  # version 1; in version 2 the account is always there


@dataclass(frozen=True, slots=True)
class Place:
    """Where groups can be made: the parent folder of each controller ("" is the one folder of version 2)."""

    parents: Mapping[str, Path]

    @property
    def is_unified(self) -> bool:
        return "" in self.parents


@dataclass(slots=True)
class Group:
    """One group, in as many folders as there are hierarchies."""

    folders: Mapping[str, Path]
    _seen: dict[Ending, int]

    @property
    def is_unified(self) -> bool:
        return "" in self.folders

    def limits_memory(self) -> bool:
        return self.is_unified or "memory" in self.folders

    def add(self, pids: Iterable[int]) -> None:
        """Move processes in; one that ended meanwhile is no error."""
        for pid in pids:
            for folder in set(self.folders.values()):
                with contextlib.suppress(ProcessLookupError):
                    (folder / "cgroup.procs").write_text(str(pid))

    def members(self) -> set[int]:
        """Processes inside, as far as all hierarchies agree."""
        texts = [(folder / "cgroup.procs").read_text(encoding="ascii") for folder in set(self.folders.values())]
        return set.intersection(*({int(pid) for pid in text.split()} for text in texts))

    def cpu(self) -> float | None:
        """CPU seconds of everything that ever ran in it."""
        if self.is_unified:
            return _table(self.folders[""] / "cpu.stat").get("usage_usec", 0) / 1e6
        folder = self.folders.get("cpuacct")
        return None if folder is None else _number(folder / "cpuacct.usage") / 1e9

    def peak(self) -> tuple[int | None, int | None]:
        """Most bytes and most tasks at once, where the kernel keeps them."""
        if self.is_unified:
            return _number(self.folders[""] / "memory.peak") or None, _number(self.folders[""] / "pids.peak") or None
        memory = self.folders.get("memory")
        return (_number(memory / "memory.max_usage_in_bytes") if memory else None), None

    def hits(self) -> frozenset[Ending]:
        """Limits hit since the last call."""
        now = self._counters()
        new = frozenset(ending for ending, count in now.items() if count > self._seen.get(ending, 0))
        self._seen = now
        return new

    def _counters(self) -> dict[Ending, int]:
        if self.is_unified:
            folder = self.folders[""]
            memory, pids = (
                _table(folder / "memory.events").get("oom_kill", 0),
                _table(folder / "pids.events").get("max", 0),
            )
            return {Ending.MEMORY: memory, Ending.PIDS: pids}
        counters = {}
        if "memory" in self.folders:
            counters[Ending.MEMORY] = _table(self.folders["memory"] / "memory.oom_control").get("oom_kill", 0)
        if "pids" in self.folders:
            counters[Ending.PIDS] = _table(self.folders["pids"] / "pids.events").get("max", 0)
        return counters

    def remove(self) -> None:
        """Take it away; its processes have been killed and reaped. Waits a little for the kernel to agree."""
        for folder in sorted(set(self.folders.values())):
            deadline = time.monotonic() + 5
            while True:
                try:
                    folder.rmdir()
                except FileNotFoundError:
                    break
                except OSError:
                    if time.monotonic() > deadline:
                        break  # `sweep` of a later grader gets it
                    time.sleep(0.002)
                else:
                    break


def find(root: Path = ROOT, own: str | None = None) -> Place | None:
    """Where groups can be made here; None where nowhere. `own` is the text of /proc/self/cgroup."""
    if own is None:
        try:
            own = Path("/proc/self/cgroup").read_text(encoding="utf-8")
        except OSError:
            return None
    paths = {}
    for line in own.splitlines():
        _, controllers, path = line.split(":", 2)
        for controller in controllers.split(","):
            paths[controller] = path
    for base in (root, root / "unified"):
        place = _find_unified(base, paths.get("", "/"))
        if place:
            return place
    parents = {}
    for controller in NEEDED:
        if controller in paths:
            folder = root / controller / paths[controller].lstrip("/")
            if (folder / "cgroup.procs").exists() and _is_writable(folder):
                parents[controller] = folder
    return Place(parents) if "memory" in parents else None


def make(place: Place, *, memory: int, tasks: int) -> Group | None:
    """A new group with its limits set; None where the kernel refuses."""
    sweep(place)
    name = f"grader-{os.getpid()}-{next(NUMBERS)}"
    group = Group({controller: parent / name for controller, parent in place.parents.items()}, {})
    try:
        for folder in group.folders.values():
            folder.mkdir()
        if group.is_unified:
            folder = group.folders[""]
            (folder / "memory.max").write_text(str(memory))
            (folder / "pids.max").write_text(str(tasks))
            _write_if_there(folder / "memory.swap.max", "0")
        else:
            (group.folders["memory"] / "memory.limit_in_bytes").write_text(str(memory))
            _write_if_there(group.folders["memory"] / "memory.memsw.limit_in_bytes", str(memory))
            if "pids" in group.folders:
                (group.folders["pids"] / "pids.max").write_text(str(tasks))
    except OSError:
        group.remove()
        return None
    group.hits()
    return group


def sweep(place: Place) -> None:
    """Remove groups whose maker is gone."""
    for parent in place.parents.values():
        for folder in parent.glob("grader-*-*"):
            maker = folder.name.split("-")[1]
            if not Path(f"/proc/{maker}").exists():
                with contextlib.suppress(OSError):
                    folder.rmdir()


def _find_unified(base: Path, own: str) -> Place | None:
    """Version 2 lets a group have either processes or children with controllers, so ours go beside the own group, or below the root."""
    folder = base / own.lstrip("/")
    for parent in [folder] if own == "/" else [folder, folder.parent]:
        try:
            given = (parent / "cgroup.subtree_control").read_text(encoding="utf-8").split()
        except OSError:
            continue
        if {"memory", "pids"} <= set(given) and _is_writable(parent) and os.access(parent / "cgroup.procs", os.W_OK):
            return Place({"": parent})
    return None


def _is_writable(folder: Path) -> bool:
    """By trying: a read-only mount looks writable to root's permission bits."""
    probe = folder / f"grader-{os.getpid()}-0"
    try:
        probe.mkdir()
        probe.rmdir()
    except OSError:
        return False
    return True


def _write_if_there(path: Path, text: str) -> None:
    if path.exists():
        with contextlib.suppress(OSError):
            path.write_text(text)


def _number(path: Path) -> int:
    try:
        return int(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return 0


def _table(path: Path) -> dict[str, int]:
    try:
        return {
            name: int(value) for name, value in (line.split() for line in path.read_text(encoding="utf-8").splitlines())
        }
    except (OSError, ValueError):
        return {}
