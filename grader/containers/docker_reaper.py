"""Labels on every container, and the removal of those nobody owns any more, in whatever state they are.

A container belongs to the process that made it: boot, pid namespace, pid and start time together name a process for good. One whose owner
is seen to be dead goes at once; one whose owner cannot be seen from here (another machine, another namespace) goes by age.
"""

from __future__ import annotations

import os
import platform
import time
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

from grader.containers.docker_engine import EngineError
from grader.language import say

if TYPE_CHECKING:
    from collections.abc import Mapping

    from grader.containers.docker_engine import Engine

LABEL = "concurrency-grader.sandbox"
OWNER = "concurrency-grader.owner"
STARTED = "concurrency-grader.started"
MAX_AGE = 3600.0  # seconds; no grading takes that long
CLOCK_STEP = 60.0  # seconds a start time may seem to move when the machine's clock is set
GONE = (404, 409)  # somebody else removed it, or is removing it


def seen_from_here() -> str:
    """Names the set of processes this one can see: boot and pid namespace, or the machine where there is no /proc."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        return f"{boot}/{Path('/proc/self/ns/pid').readlink()}"
    except OSError:
        return platform.node()


def owner() -> str:
    """Names the process that asks, for good: no later process is ever called the same."""
    return f"{seen_from_here()}/{os.getpid()}/{psutil.Process().create_time():.2f}"


def labels(now: float) -> dict[str, str]:
    """What every container carries."""
    return {LABEL: "1", OWNER: owner(), STARTED: str(int(now))}


def is_leftover(found: Mapping[str, str], now: float, max_age: float = MAX_AGE) -> bool:
    """Whether a container with these labels has nobody any more."""
    where, _, process = found.get(OWNER, "").rpartition("/")
    where, _, pid = where.rpartition("/")
    if where == seen_from_here() and pid.isdigit() and not _is_alive(int(pid), process):
        return True
    started = found.get(STARTED, "")
    return not started.isdigit() or now - int(started) > max_age


def reap(engine: Engine, *, max_age: float = MAX_AGE, now: float | None = None) -> int:
    """Removes the leftovers on `engine`; returns how many. One that cannot be removed does not stop the others."""
    found = engine.call(say("list containers"), lambda c: c.containers(all=True, filters={"label": LABEL}))
    removed = 0
    for container in found:
        if is_leftover(container.get("Labels") or {}, time.time() if now is None else now, max_age):
            removed += remove(engine, container["Id"])
    return removed


def remove(engine: Engine, container: str) -> bool:
    """Kills and removes one container in any state; False where that failed. One that is already gone is no failure."""
    try:
        engine.call(say("remove a container"), lambda c: c.remove_container(container, force=True, v=True))
    except EngineError as error:
        return error.status in GONE
    return True


def _is_alive(pid: int, started: str) -> bool:
    try:
        return abs(psutil.Process(pid).create_time() - float(started)) < CLOCK_STEP
    except (psutil.NoSuchProcess, ValueError):
        return False
    except psutil.Error:
        return True  # cannot be told: age decides
