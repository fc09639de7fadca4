"""One submission's sandboxes: opened when first needed, anew after one was killed; each run gets an answer or how it ended."""

from __future__ import annotations

import base64
import contextlib
import fcntl
import math
import secrets
import signal
from typing import TYPE_CHECKING, Any, Self

from grader.containers.session import Backend, Ending, SandboxSpec, Session
from grader.errors import SandboxError
from grader.language import say
from sandbox import protocol

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

CPU_SLACK = (
    2.0  # seconds: the run's own limit, set inside, comes first; the tree's, from outside, catches what that cannot
)
SPARE = 2.0  # seconds beyond a run's own wall limit for loading the submission
EXPLORING = (
    20.0  # seconds more for an exploration, whose budget is schedules and steps: an exercise's limits are for one run
)
MOST_SANDBOXES = 40  # of one submission: each killed run costs one
PATIENCE = 4  # times the wall limit when a run is tried again: on a busy machine an endless loop must be able to use up its CPU time


def load_message(
    files: Mapping[str, bytes], submit: str, scenarios: str, prelude: str, lay: Mapping[str, str], encoding: str
) -> dict[str, Any]:
    """What the driver is given once per sandbox."""
    return {
        "files": {name: base64.b64encode(data).decode("ascii") for name, data in sorted(files.items())},
        "submit": submit, "scenarios": scenarios, "prelude": prelude, "lay": dict(lay), "encoding": encoding, "packages": [],
    }  # fmt: skip


class Relay:
    """Asks for runs of one submission. `alone` is a lock file: runs share it, a run that is tried again has it to itself."""

    def __init__(self, backend: Backend, spec: SandboxSpec, load: Mapping[str, Any], alone: Path | None) -> None:
        self.backend, self.spec, self.load, self.alone = backend, spec, dict(load), alone
        self.session: Session | None = None
        self.opened = 0
        self.last = Ending.INFRA  # what ended the last sandbox

    def run(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """`{"ending": ..., "ran": {...} | None}`. A run that reached the wall clock, neither idle nor out of CPU, is made once more, alone."""
        answer = self._guarded(request, fcntl.LOCK_SH)
        if answer["ending"] == Ending.WALL:
            answer = self._guarded(request, fcntl.LOCK_EX, PATIENCE)
        return answer

    def _guarded(self, request: Mapping[str, Any], kind: int, patience: int = 1) -> dict[str, Any]:
        with locked(self.alone, kind):
            return self._once(request, patience)

    def _once(self, request: Mapping[str, Any], patience: int) -> dict[str, Any]:
        limits = self.spec.limits
        if (
            self.session is None and self.opened >= MOST_SANDBOXES
        ):  # they were ended by what it did: so would this one be
            return {"ending": self.last, "ran": None}
        try:
            session = self._session()
        except SandboxError:
            return {"ending": Ending.INFRA, "ran": None}
        more = EXPLORING if str(request["kind"]).startswith("explore") else 0.0
        run = {**request, "cpu": max(1, math.ceil(limits.cpu + more))}
        reply = ask(session, {"run": run}, (limits.wall + more) * patience, limits.cpu + more + CPU_SLACK)
        hits = session.hits()
        if isinstance(reply, Ending):
            self.close()
            self.last = named(reply, hits)
            return {"ending": self.last, "ran": None}
        ran = reply.get("ran")
        killed = isinstance(ran, dict) and ran.get("ended") == "signal"
        if Ending.MEMORY in hits:
            return {"ending": Ending.MEMORY, "ran": None}
        if killed and isinstance(ran, dict) and out_of_cpu(ran, limits.cpu + more):
            return {"ending": Ending.CPU, "ran": None}
        return {"ending": Ending.OK, "ran": ran if isinstance(ran, dict) else {}}

    def _session(self) -> Session:
        if self.session is None:
            self.opened += 1
            self.session = self.backend.open(self.spec)
            loaded = ask(self.session, {"load": self.load}, self.spec.limits.wall + SPARE, self.spec.limits.cpu + SPARE)
            if isinstance(loaded, Ending):
                self.close()
                raise SandboxError(say("The sandbox did not take the submission."))
        return self.session

    def close(self) -> None:
        """End the sandbox, if one is open."""
        if self.session is not None:
            self.session.close()
            self.session = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def named(ending: Ending, hits: frozenset[Ending]) -> Ending:
    """How a run ended, given what the kernel says: a run without memory or processes left may look as if it waited or worked."""
    if ending in (Ending.IDLE, Ending.WALL, Ending.CPU, Ending.EXIT, Ending.SIGNAL):
        return next((limit for limit in (Ending.MEMORY, Ending.PIDS) if limit in hits), ending)
    return ending


def out_of_cpu(ran: Mapping[str, Any], seconds: float) -> bool:
    """Whether a killed child died of its own CPU limit (SIGXCPU, or SIGKILL a second later)."""
    cpu = ran.get("cpu")
    return ran.get("code") == signal.SIGXCPU or (
        ran.get("code") == signal.SIGKILL and type(cpu) is int and cpu >= seconds * 1000
    )


def ask(session: Session, message: dict[str, Any], wall: float, cpu: float) -> dict[str, Any] | Ending:
    """One request to the driver and its reply; a reply that is not to this request is a protocol violation."""
    token = secrets.token_hex(8)
    session.send(protocol.dump_line({"id": token, **message}))
    line = session.receive(wall=wall, cpu=cpu)
    if isinstance(line, Ending):
        return line
    try:
        reply = protocol.load_line(line)
    except protocol.ProtocolError:
        return Ending.PROTOCOL
    return reply if reply.get("id") == token else Ending.PROTOCOL


@contextlib.contextmanager
def locked(path: Path | None, kind: int) -> Iterator[None]:
    """Holds the lock file in this way while the block runs; without a path, nothing."""
    if path is None:
        yield
        return
    with path.open("ab") as file:
        fcntl.flock(file, kind)
        yield
