"""Runs inside in the driver's place, standard library only: hello, then for each line {"probe": NAME, ...} what the probe found.

Probes only report. What it means, and whether a limit held, is decided outside by `grader.containers.doctor`.
"""
# ruff: noqa: S108, T201, PTH123, PTH208 - it lives inside: prints are its protocol, /tmp is its own, pathlib would only be slower

from __future__ import annotations

import contextlib
import ctypes
import errno
import json
import os
import platform
import signal
import socket
import sys
import time
from pathlib import Path
from typing import Any

CALLS: dict[
    str, tuple[int, int, tuple[int, ...]]
] = {  # name -> (number on x86_64, number on aarch64, arguments that do nothing where it is allowed)
    "bpf": (321, 280, (0, 0, 0)),
    "io_uring_setup": (425, 425, (0, 0)),
    "keyctl": (250, 219, (0, 0, 0)),
    "mount": (165, 40, (0, 0, 0, 0, 0)),
    "perf_event_open": (298, 241, (0, 0, 0, 0, 0)),
    "ptrace": (101, 117, (0, 0, 0, 0)),
    "setns": (308, 268, (-1, 0)),
    "unshare": (272, 97, (0x10000000,)),
    "userfaultfd": (323, 282, (0,)),
}


def memory(processes: int, size: int) -> int:
    """Several processes fill `size` bytes each and hold them; how many of them were killed within a moment."""
    children = [child for child in (_child(lambda: _hold(size)) for _ in range(processes)) if child]
    deadline, killed = time.monotonic() + 1.5, 0
    while time.monotonic() < deadline and killed < len(children):
        pid, _ = os.waitpid(-1, os.WNOHANG)
        killed += pid != 0
        time.sleep(0.05)
    _end(children)
    return killed


def tasks(most: int) -> int:
    """How many processes could be started."""
    children: list[int] = []
    with contextlib.suppress(OSError):
        while len(children) < most:
            children.append(_child(signal.pause))
    _end(children)
    return len(children)


def cpu(is_hidden: bool) -> None:
    """Children spin in turn for ever; hidden ones are never waited for, and end before a watchdog looks."""
    if is_hidden:
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while True:
        child = _child(lambda: _spin(0.004 if is_hidden else 0.05))
        with contextlib.suppress(ChildProcessError):
            os.waitpid(child, 0)


def wall() -> None:
    """Ignores what can be ignored, and sleeps."""
    for number in range(1, signal.NSIG):
        with contextlib.suppress(OSError, ValueError):
            signal.signal(number, signal.SIG_IGN)
    time.sleep(10_000)


def disk(folder: str, most: int) -> int:
    """How many bytes could be written."""
    written = 0
    with contextlib.suppress(OSError):
        for number in range(most >> 20):
            with open(f"{folder}/{number}", "wb", buffering=0) as file:
                written += file.write(b"x" * 2**20)
    for path in Path(folder).iterdir():
        with contextlib.suppress(OSError):
            path.unlink()
    return written


def output() -> None:
    """Writes beside the protocol for ever."""
    while True:
        os.write(2, b"x" * 65536)


def line() -> None:
    """A line without an end."""
    while True:
        os.write(1, b"x" * 65536)


def network(port: int, name: str) -> dict[str, Any]:
    """What could be connected to, and whether our own loopback works."""
    targets = {
        "outside": (socket.AF_INET, ("192.0.2.1", 80)),
        "metadata": (socket.AF_INET, ("169.254.169.254", 80)),
        "machine": (socket.AF_INET, ("127.0.0.1", port)),
        "abstract": (socket.AF_UNIX, "\0" + name),
    }
    answer: dict[str, Any] = {what: _connect(*target) for what, target in targets.items()}
    for what, family, host in (("loopback", socket.AF_INET, "127.0.0.1"), ("loopback6", socket.AF_INET6, "::1")):
        try:
            with socket.socket(family) as server:
                server.bind((host, 0))
                server.listen()
                answer[what] = _connect(family, server.getsockname())
        except OSError as error:
            answer[what] = errno.errorcode.get(error.errno or 0, "error")
    return answer


def files(paths: list[str]) -> dict[str, Any]:
    """Which of these exist, which folders can be written, what other processes' environments hold."""
    environments = ""
    for name in os.listdir("/proc"):
        with contextlib.suppress(OSError):
            if name.isdigit():
                environments += Path("/proc", name, "environ").read_text(encoding="utf-8", errors="replace")
    writable = [
        folder
        for folder in ("/", "/usr/lib", "/etc", "/dev", "/sandbox", "/tmp", "/w", "/dev/shm")
        if _can_write(folder)
    ]
    return {"seen": [path for path in paths if Path(path).exists()], "writable": writable, "environments": environments}


def privileges() -> dict[str, Any]:
    """User, capabilities, filter, and which of the dangerous system calls got past it."""
    status = dict(text.split(":", 1) for text in Path("/proc/self/status").read_text(encoding="ascii").splitlines())
    column = {"x86_64": 0, "aarch64": 1}.get(platform.machine())
    allowed = []
    libc = ctypes.CDLL(None, use_errno=True)
    for name, call in CALLS.items():
        if column is not None and not _is_refused(libc, call[:2][column], call[2]):
            allowed.append(name)
    return {
        "uid": os.getuid(),
        "capabilities": sum(
            int(status[name].strip(), 16) for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")
        ),
        "no_new_privileges": status["NoNewPrivs"].strip() == "1",
        "filter": status["Seccomp"].strip() == "2",
        "allowed": allowed,
    }


def aslr() -> list[str]:
    """Where heap, stack and the C library are."""
    with open("/proc/self/maps", encoding="ascii") as file:
        return [line.split("-")[0] for line in file if any(name in line for name in ("[heap]", "[stack]", "libc"))]


def shm() -> dict[str, Any]:
    """Room for shared memory, and whether 200 shared arrays fit; how child processes start."""
    import multiprocessing  # noqa: PLC0415 - only this probe needs it

    status = os.statvfs("/dev/shm")
    arrays = [multiprocessing.Array("i", 1000) for _ in range(200)]
    return {
        "bytes": status.f_blocks * status.f_frsize,
        "arrays": len(arrays),
        "start": multiprocessing.get_start_method(),
    }


def greenlet() -> str | None:
    """Its version."""
    sys.path.append("/packages/base")
    try:
        return str(__import__("greenlet").__version__)
    except ImportError:
        return None
    finally:
        sys.path.pop()


PROBES = {
    probe.__name__: probe
    for probe in (memory, tasks, cpu, wall, disk, output, line, network, files, privileges, aslr, shm, greenlet)
}


def _child(work: Any) -> int:
    child = os.fork()
    if child:
        return child
    try:
        work()
    finally:
        os._exit(0)


def _hold(size: int) -> None:
    hoard = bytearray(os.urandom(1)) * size
    time.sleep(1000)
    del hoard


def _spin(seconds: float) -> None:
    while time.process_time() < seconds:
        pass


def _end(children: list[int]) -> None:
    for child in children:
        with contextlib.suppress(OSError):
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)


def _connect(family: int, address: Any) -> str:
    with socket.socket(family) as attempt:
        attempt.settimeout(3)
        try:
            attempt.connect(address)
        except OSError as error:
            return errno.errorcode.get(error.errno or 0, "timeout")
        return "connected"


def _can_write(folder: str) -> bool:
    path = Path(folder, ".probe")
    try:
        path.touch()
        path.unlink()
    except OSError:
        return False
    return True


def _is_refused(libc: Any, number: int, arguments: tuple[int, ...]) -> bool:
    """EPERM or ENOSYS from a filter; any other answer came from the kernel's own code. Tried in a child, which may be changed by it."""
    source, sink = os.pipe()
    child = os.fork()
    if child == 0:
        ctypes.set_errno(0)
        libc.syscall(number, *arguments)
        os.write(sink, bytes([ctypes.get_errno()]))
        os._exit(0)
    os.waitpid(child, 0)
    answer = os.read(source, 1)
    os.close(source)
    os.close(sink)
    return answer in (bytes([errno.EPERM]), bytes([errno.ENOSYS]))


def main() -> None:
    print(json.dumps({"hello": {"python": ".".join(map(str, sys.version_info[:3]))}}), flush=True)
    for text in sys.stdin:
        request = json.loads(text)
        print(json.dumps({"found": PROBES[request.pop("probe")](**request)}), flush=True)


if __name__ == "__main__":
    main()
