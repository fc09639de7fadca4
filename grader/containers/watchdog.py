"""What a tree of processes uses, read from outside through /proc. Nothing inside can lie to it; short-lived processes can hide from it.

Tasks are found by /proc/PID/task/TID/children (ten times cheaper than looking through all of /proc as psutil must); where a kernel has
no such file, psutil finds them. CPU seconds of processes that ended are kept: by their parent's account, or by the last look at them.
"""

from __future__ import annotations

import os
import time
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import psutil

from grader.containers.session import Ending

TICK: Final = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100
PAGE: Final = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096
ASLEEP: Final = frozenset("STtZXxI")  # waiting, stopped or dead; R runs or wants to, D waits for the machine
HAS_CHILDREN_FILE: Final = Path("/proc/self/task").is_dir() and Path(f"/proc/self/task/{os.getpid()}/children").exists()


@dataclass(frozen=True, slots=True)
class Process:
    """One process at one moment. `cpu` is its own, `children` what its ended and waited-for children used; seconds, bytes."""

    pid: int
    started: int  # ticks since boot; with the pid, its identity
    cpu: float
    children: float
    resident: int
    private: int
    tasks: int


@dataclass(frozen=True, slots=True)
class Sample:
    """The tree at one moment: CPU seconds since it began, bytes (an upper bound where shared memory is counted twice), tasks."""

    cpu: float
    memory: int
    tasks: int


class Tree:
    """All descendants of one process, itself included."""

    def __init__(self, root: int) -> None:
        self.root = root
        self.cost = 0.0  # seconds the last look took
        self._ended: dict[tuple[int, int], float] = {}  # own CPU of every process ever seen

    def processes(self) -> list[Process]:
        """Everything alive now; a process that ends meanwhile is left out."""
        found: list[Process] = []
        for pid, tasks in _descendants(self.root):
            process = _read(pid, tasks)
            if process is not None:
                found.append(process)
        return found

    def sample(self, memory_limit: int | None = None) -> Sample:
        """Look once. Memory is counted exactly (proportional shares) only where the cheap upper bound passes `memory_limit`."""
        began = time.monotonic()
        processes = self.processes()
        for process in processes:
            self._ended[process.pid, process.started] = process.cpu
        cpu = max(sum(p.cpu + p.children for p in processes), sum(self._ended.values()))
        memory = sum(p.resident for p in processes)
        if memory_limit is not None and memory > memory_limit:
            memory = sum(map(_proportional, processes))
            if memory > memory_limit:  # shares move while processes begin and end: only what is seen twice is true
                memory = min(memory, sum(map(_proportional, self.processes())))
        self.cost = time.monotonic() - began
        return Sample(cpu=cpu, memory=memory, tasks=sum(p.tasks for p in processes))

    def alive_of_seen(self) -> set[int]:
        """Processes that were once in the tree and still run, wherever they hang now."""
        return {
            pid for pid, started in self._ended if (found := _read(pid, 1)) is not None and found.started == started
        }

    def is_asleep(self) -> bool:
        """Whether no task of the tree runs or wants to run."""
        for pid, _ in _descendants(self.root):
            try:
                tids = os.listdir(f"/proc/{pid}/task")  # noqa: PTH208 - as below
            except OSError:
                continue
            for tid in tids:
                state = _state(pid, tid)
                if state is not None and state not in ASLEEP:
                    return False
        return True


class Rest:
    """Whether a tree did nothing on the way to its deadline: every look (all but one in five) saw all tasks asleep, and next to no CPU went by.

    A task that waits, or polls with a sleep, is at rest; one that was starved of the machine is not: it wants to run when looked at.
    """

    SPAN: Final = 0.4  # seconds before the deadline that are looked at
    PATIENCE: Final = 2.0  # seconds after it in which a busy machine may still let us see which it was
    ENOUGH: Final = 4  # looks

    def __init__(self) -> None:
        self._looks: deque[tuple[float, float, bool]] = deque(maxlen=64)

    def look(self, now: float, cpu: float, *, is_asleep: bool) -> None:
        """Note one look; those of longer ago than the span are forgotten when enough are left."""
        self._looks.append((now, cpu, is_asleep))
        while len(self._looks) > self.ENOUGH and now - self._looks[0][0] > self.SPAN:
            self._looks.popleft()

    def ending(self, now: float, deadline: float) -> Literal[Ending.IDLE, Ending.WALL] | None:
        """What to call a run whose deadline has come; None before it, and while only a few looks more can tell."""
        if now < deadline or len(self._looks) < self.ENOUGH:
            return None
        if not self._is_quiet():
            return Ending.WALL
        if sum(not asleep for _, _, asleep in self._looks) * 5 <= len(self._looks):
            return Ending.IDLE
        return Ending.WALL if now >= deadline + self.PATIENCE else None  # it wants to run and does not get to

    def _is_quiet(self) -> bool:
        (first, used_first, _), (last, used_last, _) = self._looks[0], self._looks[-1]
        return used_last - used_first <= max(0.1 * (last - first), 1.5 / TICK)


def _descendants(root: int) -> list[tuple[int, int]]:
    """(pid, number of its tasks) of a process and all below it."""
    if not HAS_CHILDREN_FILE:
        return _descendants_by_psutil(root)
    found: list[tuple[int, int]] = []
    waiting = [root]
    while waiting:
        pid = waiting.pop()
        try:
            tids = os.listdir(f"/proc/{pid}/task")  # noqa: PTH208 - at every look; a Path for each costs more than the reading
        except OSError:
            continue
        found.append((pid, len(tids)))
        for tid in tids:
            waiting += map(int, _slurp(f"/proc/{pid}/task/{tid}/children").split())
    return found


def _descendants_by_psutil(root: int) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    try:
        top = psutil.Process(root)
        for process in [top, *top.children(recursive=True)]:
            found.append((process.pid, process.num_threads()))  # noqa: PERF401 - those found before an error count
    except psutil.Error:
        pass
    return found


def _read(pid: int, tasks: int) -> Process | None:
    stat = _slurp(f"/proc/{pid}/stat")
    if not stat:
        return _read_by_psutil(pid, tasks)
    fields = stat.rpartition(b")")[2].split()  # from field 3, the state, on: a name may hold anything
    user, system, waited_user, waited_system = map(int, fields[11:15])
    pages = _slurp(f"/proc/{pid}/statm").split() or [b"0"] * 3
    return Process(
        pid=pid,
        started=int(fields[19]),
        cpu=(user + system) / TICK,
        children=(waited_user + waited_system) / TICK,
        resident=int(pages[1]) * PAGE,
        private=(int(pages[1]) - int(pages[2])) * PAGE,
        tasks=tasks,
    )


def _read_by_psutil(pid: int, tasks: int) -> Process | None:
    if HAS_CHILDREN_FILE:
        return None  # it ended between two looks
    try:
        process = psutil.Process(pid)
        times, resident = process.cpu_times(), process.memory_info().rss
        children = getattr(times, "children_user", 0.0) + getattr(times, "children_system", 0.0)
        started = int(process.create_time() * TICK)
    except psutil.Error:
        return None
    return Process(pid, started, times.user + times.system, children, resident, resident, tasks)


def _proportional(process: Process) -> int:
    """Its share of memory, pages divided among those who map them; private memory where the kernel does not tell."""
    for line in _slurp(f"/proc/{process.pid}/smaps_rollup").splitlines():
        if line.startswith(b"Pss:"):
            return int(line.split()[1]) * 1024
    again = _read(process.pid, process.tasks)  # it has ended by now, or the kernel does not tell
    return again.private if again else 0


def _state(pid: int, tid: str) -> str | None:
    stat = _slurp(f"/proc/{pid}/task/{tid}/stat")
    return stat.rpartition(b")")[2].split()[0].decode() if stat else None


def _slurp(path: str) -> bytes:
    try:
        with open(path, "rb", buffering=0) as file:  # noqa: PTH123 - read at every look, thousands of times
            return file.read()
    except OSError:
        return b""
