"""What a sandbox holds here, measured: each limit is tried from inside a sandbox through the session, as student code would try it.

A limit is *enforced* when the kernel holds it, *best effort* when only looks from outside do (it may be passed between two looks), *none*
when the probe got through.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeAlias

from grader.containers.session import Ending, Enforcement, Limits, SandboxSpec
from grader.errors import SandboxError
from grader.language import say

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from grader.containers.session import Backend, Session
    from grader.language import Message

PROBES: Final = Path(__file__).parent / "probes"
MIB: Final = 2**20
PATIENCE: Final = 20.0
LIMITS: Final = Limits(wall=10.0, cpu=5.0, memory=128 * MIB, tasks=40, disk=16 * MIB)
LITTLE_SPACE: Final = 2**30
SECRET: Final = "GRADER_DOCTOR_PROBE"  # noqa: S105 - its absence is what is looked for


@dataclass(frozen=True, slots=True)
class Finding:
    """One limit that was tried: how well it holds, and what was seen."""

    limit: str
    enforcement: Enforcement
    seen: Message


class Probed(Protocol):
    """A backend that can run probes in its driver's place."""

    name: str

    def for_probes(self, folder: Path) -> Backend: ...


def examine(backend: Probed, home: Path | None = None) -> tuple[Finding, ...]:
    """Everything that can be tried of a backend, and what the machine has for it. Takes some seconds."""
    return (*measure(backend), _space(home or Path.cwd()))


def capabilities(backend: Probed) -> Mapping[str, Enforcement]:
    """`Backend.capabilities`: the ten limits alone."""
    return {finding.limit: finding.enforcement for finding in measure(backend, LIMIT_PROBES)}


def measure(backend: Probed, probes: Sequence[Probe] | None = None) -> tuple[Finding, ...]:
    """All probes, or these, each in a sandbox of its own. Raises SandboxError where one does not start."""
    probing = backend.for_probes(PROBES)
    return tuple(probe(probing) for probe in probes or (*LIMIT_PROBES, *OTHER_PROBES))


def _memory(backend: Backend) -> Finding:
    """One process over the limit; then four that are under it each."""
    results = []
    for processes, size in ((1, 2 * LIMITS.memory), (4, LIMITS.memory // 2)):
        with _open(backend) as session:
            answer = _ask(session, "memory", processes=processes, size=size)
            by_kernel = Ending.MEMORY in session.hits()
            is_stopped = answer is Ending.MEMORY or (not isinstance(answer, Ending) and answer > 0)
            results.append(_grade(holds=by_kernel and is_stopped, partly=is_stopped))
    return Finding(
        "memory",
        _worst(results),
        say("one process: {one}; four together: {four}", one=results[0].value, four=results[1].value),
    )


def _tasks(backend: Backend) -> Finding:
    with _open(backend) as session:
        born = _ask(session, "tasks", most=4 * LIMITS.tasks)
    if isinstance(born, Ending):
        return Finding("tasks", Enforcement.BEST_EFFORT if born is Ending.PIDS else Enforcement.NONE, _ended(born))
    seen = say("{born} processes could be started where {limit} are allowed", born=born, limit=LIMITS.tasks)
    return Finding("tasks", _grade(holds=born <= LIMITS.tasks + 4), seen)


def _cpu(backend: Backend) -> Finding:
    """Children in turn; then children nobody waits for, whose time only the kernel's account keeps."""
    endings = []
    for is_hidden in (False, True):
        with _open(backend) as session:
            endings.append(_ask(session, "cpu", wall=6.0, cpu=0.4, is_hidden=is_hidden))
    plain, hidden = (ending is Ending.CPU for ending in endings)
    seen = say(
        "a chain of children: {plain}; children nobody waits for: {hidden}",
        plain=_ended(endings[0]),
        hidden=_ended(endings[1]),
    )
    return Finding("cpu", _grade(holds=plain and hidden, partly=plain), seen)


def _wall(backend: Backend) -> Finding:
    with _open(backend) as session:
        ending = _ask(session, "wall", wall=0.6)
        is_stopped = ending in (Ending.WALL, Ending.IDLE) and session.close() is ending
    return Finding("wall", _grade(holds=is_stopped), _ended(ending))


def _disk(backend: Backend) -> Finding:
    written = []
    for folder in ("/tmp", "/w", "/dev/shm"):  # noqa: S108 - inside
        with _open(backend) as session:
            answer = _ask(session, "disk", folder=folder, most=4 * LIMITS.disk)
            written.append(0 if isinstance(answer, Ending) else answer // MIB)
    limit = LIMITS.disk // MIB
    seen = say(
        "{written} MiB could be written where {limit} are allowed", written=", ".join(map(str, written)), limit=limit
    )
    return Finding("disk", _grade(holds=max(written) <= limit), seen)


def _output(backend: Backend) -> Finding:
    with _open(backend) as session:
        beside = _ask(session, "output")
    with _open(backend, replace(LIMITS, message=MIB)) as session:
        line = _ask(session, "line")
    seen = say(
        "a flood beside the protocol: {beside}; an endless line: {line}", beside=_ended(beside), line=_ended(line)
    )
    return Finding("output", _grade(holds=beside is Ending.OUTPUT and line is Ending.PROTOCOL), seen)


def _network(backend: Backend) -> Finding:
    name = f"grader-doctor-{os.getpid()}"
    with socket.socket() as tcp, socket.socket(socket.AF_UNIX) as abstract, _open(backend) as session:
        tcp.bind(("127.0.0.1", 0))
        abstract.bind(f"\0{name}")
        tcp.listen()
        abstract.listen()
        found = _plain(_ask(session, "network", port=tcp.getsockname()[1], name=name))
    reached = sorted(
        what for what in ("outside", "metadata", "machine", "abstract") if found[what] in ("connected", "timeout")
    )
    is_whole = found["loopback"] == found["loopback6"] == "connected"
    seen = say(
        "reached: {reached}; own loopback 127.0.0.1: {four}, ::1: {six}",
        reached=", ".join(reached) or "-",
        four=found["loopback"],
        six=found["loopback6"],
    )
    return Finding("network", _grade(holds=not reached and is_whole, partly=not reached), seen)


def _files(backend: Backend) -> Finding:
    os.environ[SECRET] = "planted"
    try:
        with _open(backend) as session:
            paths = [str(Path.home() / ".ssh"), str(Path(__file__)), "/etc/shadow", "/var/log", "/boot"]
            found = _plain(_ask(session, "files", paths=paths))
    finally:
        del os.environ[SECRET]
    is_leaking = SECRET in found["environments"]
    is_closed = set(found["writable"]) <= {"/tmp", "/w", "/dev/shm"}  # noqa: S108 - inside
    seen = say(
        "files of this machine seen: {seen}; writable: {writable}; its environment seen: {leak}",
        seen=", ".join(found["seen"]) or "-",
        writable=", ".join(found["writable"]),
        leak=say("yes") if is_leaking else say("no"),
    )
    return Finding("files", _grade(holds=is_closed and not is_leaking and not found["seen"]), seen)


def _privileges(backend: Backend) -> Finding:
    with _open(backend) as session:
        found = _plain(_ask(session, "privileges"))
    is_nobody = found["uid"] != 0 and found["capabilities"] == 0 and found["no_new_privileges"]
    seen = say(
        "uid {uid}, capabilities {capabilities:x}, system call filter: {filter}, calls that got through: {allowed}",
        uid=found["uid"],
        capabilities=found["capabilities"],
        filter=say("yes") if found["filter"] else say("no"),
        allowed=", ".join(found["allowed"]) or "-",
    )
    return Finding(
        "privileges", _grade(holds=is_nobody and found["filter"] and not found["allowed"], partly=is_nobody), seen
    )


def _aslr(backend: Backend) -> Finding:
    addresses = set()
    for _ in range(3):
        with _open(backend) as session:
            addresses.add(str(_plain(_ask(session, "aslr"))))
    is_fixed = len(addresses) == 1
    seen = say("equal addresses in three sandboxes") if is_fixed else say("addresses differ from sandbox to sandbox")
    return Finding("aslr", _grade(holds=is_fixed), seen)


def _shm(backend: Backend) -> Finding:
    with _open(backend) as session:
        found = _ask(session, "shm")
    if isinstance(found, Ending):
        return Finding("shared memory", Enforcement.NONE, _ended(found))
    seen = say(
        "room for shared memory: {size} MiB; {arrays} shared arrays were made; processes start by {start}",
        size=found["bytes"] // MIB,
        arrays=found["arrays"],
        start=found["start"],
    )
    return Finding("shared memory", _grade(holds=found["bytes"] >= LIMITS.disk and found["arrays"] == 200), seen)


def _greenlet(backend: Backend) -> Finding:
    """Only the scheduler needs it: without it real runs decide."""
    with _open(backend) as session:
        version = _ask(session, "greenlet")
    seen = say("greenlet {version}", version=version) if version else say("greenlet is not there")
    return Finding("greenlet", _grade(holds=bool(version), partly=True), seen)


Probe: TypeAlias = "Callable[[Backend], Finding]"
LIMIT_PROBES: Final[tuple[Probe, ...]] = (
    _memory, _tasks, _cpu, _wall, _disk, _output, _network, _files, _privileges, _aslr,
)  # fmt: skip
OTHER_PROBES: Final[tuple[Probe, ...]] = (_shm, _greenlet)


def _space(home: Path) -> Finding:
    """Room where facts and snapshots are kept."""
    folder = next(path for path in (home, *home.parents) if path.exists())
    free = shutil.disk_usage(folder).free
    seen = say("{free} MiB free for the grader's data", free=free // MIB)
    return Finding("space", _grade(holds=free >= LITTLE_SPACE, partly=free >= LITTLE_SPACE // 10), seen)


def _open(backend: Backend, limits: Limits = LIMITS) -> Session:
    return backend.open(SandboxSpec(limits))


def _ask(session: Session, probe: str, *, wall: float = PATIENCE, cpu: float = PATIENCE, **arguments: Any) -> Any:
    """What the probe found, or how the session ended."""
    session.send(json.dumps({"probe": probe, **arguments}).encode() + b"\n")
    line = session.receive(wall=wall, cpu=cpu)
    return line if isinstance(line, Ending) else json.loads(line)["found"]


def _plain(answer: Any) -> Any:
    if isinstance(answer, Ending):
        raise SandboxError(say("A probe did not answer ({ending}).", ending=answer.value))
    return answer


def _ended(answer: object) -> Message:
    return say("ended by {ending}", ending=answer.value) if isinstance(answer, Ending) else say("not ended")


def _grade(*, holds: bool, partly: bool = False) -> Enforcement:
    if holds:
        return Enforcement.ENFORCED
    return Enforcement.BEST_EFFORT if partly else Enforcement.NONE


def _worst(results: Sequence[Enforcement]) -> Enforcement:
    order = (Enforcement.NONE, Enforcement.BEST_EFFORT, Enforcement.ENFORCED)
    return min(results, key=order.index)
