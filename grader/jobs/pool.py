"""Worker processes on this machine, kept alive by their owner, who also keeps the leases of what they hold."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Self

import psutil
from sqlalchemy import select

from grader.errors import InfrastructureError
from grader.jobs import tools, work
from grader.language import say
from grader.store.models import Work

if TYPE_CHECKING:
    from grader.store.store import Store

BEAT = 5.0  # seconds; a sixth of the lease
LONGEST = 1800.0  # seconds for one job, far beyond what all limits of an exercise add up to; whoever needs more hangs
READY = b"ready"
MOST_FALSE_STARTS = 3  # workers in a row that ended before they were ready


@dataclass(slots=True)
class _Worker:
    name: str
    process: subprocess.Popen[bytes]
    is_ready: bool = False


@dataclass(slots=True)
class Pool:
    """Up to `size` workers on one store. `tend` must be called every few seconds; a context manager that ends them."""

    store: Store
    home: Path
    backend: str
    size: int
    tools: str = tools.PRODUCTION
    environment: dict[str, str] = field(default_factory=dict)
    _workers: list[_Worker] = field(default_factory=list)
    _beaten: float = 0.0
    _held: dict[str, float] = field(default_factory=dict)  # claim -> when it was seen first
    _false_starts: int = 0
    _made: int = 0

    def tend(self, wanted: int) -> None:
        """Replace workers that died, free what they held, renew the leases of the living; start as many as `wanted`
        jobs can use. Raises InfrastructureError.
        """
        now = time.monotonic()
        for worker in [w for w in self._workers if w.process.poll() is not None]:
            self._workers.remove(worker)
            self._bury(worker)
        for worker in self._workers:
            if not worker.is_ready and _said_ready(worker.process):
                worker.is_ready, self._false_starts = True, 0
        while len(self._workers) < min(self.size, wanted):
            self._workers.append(self._start())
        if now - self._beaten >= BEAT:
            self._end_hanging(now)
            work.beat(self.store, [w.name for w in self._workers], datetime.now(UTC))
            self._beaten = now

    def _end_hanging(self, now: float) -> None:
        """A worker that lives but does not come to an end would keep its job for ever: kill it; `tend` buries it."""
        by_name = {w.name: w for w in self._workers}
        with self.store.read() as session:
            query = select(Work.claim, Work.worker).where(Work.state == "running", Work.worker.in_(list(by_name)))
            held = {claim: worker for claim, worker in session.execute(query) if claim and worker}
        self._held = {claim: self._held.get(claim, now) for claim in held}
        for claim, since in self._held.items():
            if now - since > LONGEST:
                by_name[held[claim]].process.kill()

    def _start(self) -> _Worker:
        self._made += 1
        name = f"{whereabouts()}/{os.getpid()}/{started_at(os.getpid())}/{self._made}"
        command = [
            sys.executable, "-m", "grader.jobs.worker", "--database", self.store.url, "--home", str(self.home),
            "--backend", self.backend, "--name", name, "--parent", str(os.getpid()), "--tools", self.tools,
        ]  # fmt: skip
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={**os.environ, **self.environment}
        )
        assert process.stdout
        os.set_blocking(process.stdout.fileno(), False)
        return _Worker(name, process)

    def _bury(self, worker: _Worker) -> None:
        was_ready = worker.is_ready or _said_ready(worker.process)
        _close(worker.process)
        with self.store.read() as session:
            held = session.scalar(select(Work.id).where(Work.worker == worker.name))
        if held is not None:
            work.abandon(self.store, worker.name, datetime.now(UTC), is_blamed=True)
        elif not was_ready:
            self._false_starts += 1
            if self._false_starts >= MOST_FALSE_STARTS:
                raise InfrastructureError(
                    say("Workers end as soon as they are started (exit code {code}).", code=worker.process.returncode),
                    remedy=say("What they print above says why; `grader doctor` looks at the sandbox."),
                )

    def processes(self) -> tuple[int, ...]:
        """Process ids of the workers."""
        return tuple(w.process.pid for w in self._workers)

    def close(self) -> None:
        """Let every worker finish the job it has, then end; a second one that does not is killed."""
        for worker in self._workers:
            if worker.process.stdin:
                worker.process.stdin.close()
        try:
            for worker in self._workers:
                while True:
                    try:
                        worker.process.wait(BEAT)
                        break
                    except subprocess.TimeoutExpired:
                        work.beat(self.store, [w.name for w in self._workers], datetime.now(UTC))
        finally:
            self.kill()

    def kill(self) -> None:
        """End every worker now; what they held is free again."""
        for worker in self._workers:
            if worker.process.poll() is None:
                worker.process.kill()
                worker.process.wait()
            _close(worker.process)
            work.abandon(self.store, worker.name, datetime.now(UTC), is_blamed=False)
        self._workers.clear()

    def __enter__(self) -> Self:
        recover(self.store)
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            self.close()
        else:
            self.kill()


def _close(process: subprocess.Popen[bytes]) -> None:
    for pipe in (process.stdin, process.stdout):
        if pipe and not pipe.closed:
            pipe.close()


def _said_ready(process: subprocess.Popen[bytes]) -> bool:
    assert process.stdout
    return READY in (process.stdout.read() or b"")


def recover(store: Store) -> None:
    """Free at once what is held by workers whose pool on this machine is dead; leases of other machines run out by themselves."""
    with store.read() as session:
        names = {name for name in session.scalars(select(Work.worker).where(Work.state == "running")) if name}
    for name in sorted(names):
        where, pid, started, _ = (*name.split("/"), "", "", "")[:4]
        if where == whereabouts() and pid.isdigit() and started_at(int(pid)) != started:
            work.abandon(store, name, datetime.now(UTC), is_blamed=False)


def whereabouts() -> str:
    """The boot of this machine and the namespace of process ids; "" where that cannot be known."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        return f"{boot}:{Path('/proc/self/ns/pid').readlink()}".replace("/", "")
    except OSError:
        return f"unknown-{os.getpid()}"


def started_at(pid: int) -> str:
    """When a process began, so that a later one with the same id is told apart; "" if there is none."""
    try:
        process = psutil.Process(pid)
        return "" if process.status() == psutil.STATUS_ZOMBIE else f"{process.create_time():.2f}"
    except psutil.NoSuchProcess:
        return ""
