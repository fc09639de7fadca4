"""Starts one bubblewrap and everything that belongs to it: control group, spare uid, fixed addresses, the session around its pipes."""

from __future__ import annotations

import contextlib
import ctypes
import functools
import json
import os
import select
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Final

from grader.containers import cgroups
from grader.containers.inside import OVERHEAD, WRITABLE, arguments, command, in_memory
from grader.containers.process import HELLO_PATIENCE, ProcessSession, kill_and_reap
from grader.containers.tmpfs import Disk
from grader.errors import SandboxError
from grader.language import say
from grader.orphans import become_reaper

if TYPE_CHECKING:
    from grader.containers.interpreter import Interpreter
    from grader.containers.session import SandboxSpec

SPARE_UID: Final = 1_900_000_000  # beyond every range that distributions hand out
SLOTS: Final = 32  # sandboxes open at once in one process, as root
INSIDE_UID: Final = 1000  # as an ordinary user: our own, under this number
ADDR_NO_RANDOMIZE: Final = 0x0040000

_slots: set[int] = set()


def start(program: Path, python: Interpreter, driver: Path, spec: SandboxSpec) -> ProcessSession:
    """Start one sandbox; its first line has not been read yet. Raises SandboxError, and then has undone what it did."""
    become_reaper()
    try:
        with contextlib.ExitStack() as undo:
            session = _start(program, python, driver, spec, undo)
            undo.pop_all()
            return session
    except OSError as error:
        raise SandboxError(say("The sandbox did not start: {text}", text=error.strerror or str(error))) from error


def _start(
    program: Path, python: Interpreter, driver: Path, spec: SandboxSpec, undo: contextlib.ExitStack
) -> ProcessSession:
    slot = _take_slot() if is_root() else None
    undo.callback(_free_slot, slot)
    uid = INSIDE_UID if slot is None else SPARE_UID + os.getpid() * SLOTS + slot
    place = _cgroup_place()
    group = cgroups.make(place, memory=spec.limits.memory, tasks=spec.limits.tasks + OVERHEAD + 1) if place else None
    if group:
        undo.callback(group.remove)
    with contextlib.ExitStack() as ours, contextlib.ExitStack() as theirs:  # descriptors: kept here, handed to bwrap
        info, info_in = os.pipe()
        ours.callback(os.close, info)
        theirs.callback(os.close, info_in)
        files: list[int] = []
        try:
            given = arguments(python, driver, spec, uid, slot is not None, files, info_in)
            files.append(in_memory(b"".join(os.fsencode(word) + b"\0" for word in given)))
        finally:
            for file in files:
                theirs.callback(os.close, file)
        process = subprocess.Popen(
            [
                "bwrap",
                "--args",
                str(files[-1]),
                "--",
                *command(python, spec.limits, None if slot is None else uid, fixed=may_fix_addresses()),
            ],
            executable=program,
            env={},
            cwd="/",
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            pass_fds=[*files, info_in],
            start_new_session=True,
            bufsize=0,
        )
        undo.enter_context(process)  # closes its pipes and waits, once it has been killed
        undo.callback(process.kill)
        theirs.close()
        if group:
            group.add([process.pid])
        first = _first_process(info)

        def end(session: ProcessSession) -> None:
            kill_and_reap(session)
            _free_slot(slot)

        return ProcessSession(
            process,
            spec.limits,
            root=first or process.pid,
            kill=end,
            group=group,
            disk=Disk(first, WRITABLE) if first else None,
            overhead=OVERHEAD,
        )


def take_in(session: ProcessSession) -> None:
    """Bring what was started before the group had it into the group; nothing has been asked of the driver yet.

    Moving a process waits for the kernel (some 15 ms at first), so it is begun while bwrap starts, instead of holding bwrap back for it.
    """
    if session.group is not None:
        session.group.add({process.pid for process in session.tree.processes()} - session.group.members())


def _first_process(info: int) -> int | None:
    """The pid, as we see it, of the sandbox's first process: what bwrap writes to --info-fd. None where it failed before."""
    text = b""
    while not text.rstrip().endswith(b"}"):
        ready, _, _ = select.select([info], [], [], HELLO_PATIENCE)
        piece = os.read(info, 4096) if ready else b""
        if not piece:
            return None
        text += piece
    return int(json.loads(text)["child-pid"])


@functools.cache
def may_fix_addresses() -> bool:
    """Whether address-space randomisation may be switched off here; some containers forbid it."""
    personality = ctypes.CDLL(None).personality
    before = personality(0xFFFFFFFF)  # a question
    may = before >= 0 and personality(before | ADDR_NO_RANDOMIZE) >= 0
    if may:
        personality(before)
    return bool(may)


@functools.cache
def is_root() -> bool:
    """Whether we are real root, who can mount without a user namespace and change to spare uids; root of a small user namespace is not."""
    if os.geteuid() != 0:
        return False
    for line in Path("/proc/self/uid_map").read_text(encoding="ascii").splitlines():
        inside, _, length = map(int, line.split())
        if inside <= SPARE_UID < 2**31 - 1 <= inside + length:
            return True
    return False


@functools.cache
def _cgroup_place() -> cgroups.Place | None:
    return cgroups.find()


def _take_slot() -> int:
    free = set(range(SLOTS)) - _slots
    if not free:
        raise SandboxError(say("Too many sandboxes are open at once."))
    _slots.add(min(free))
    return min(free)


def _free_slot(slot: int | None) -> None:
    if slot is not None:
        _slots.discard(slot)
