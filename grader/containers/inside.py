"""What a sandbox made by bubblewrap looks like from inside: its arguments and the command it starts."""

from __future__ import annotations

import importlib.util
import math
import os
import platform
from pathlib import Path
from typing import TYPE_CHECKING, Final

from grader.containers import interpreter, seccomp

if TYPE_CHECKING:
    from collections.abc import Iterable

    from grader.containers.interpreter import Interpreter
    from grader.containers.session import Limits, SandboxSpec

OVERHEAD: Final = 2  # tasks that are not the student's: the first process and the driver
WRITABLE: Final = ("/tmp", "/w", "/dev/shm")  # noqa: S108 - inside
CPU_SLACK: Final = 60  # seconds over one run's share: the watchdog counts runs, the kernel whole processes
ETC: Final = {
    "/etc/passwd": "root:x:0:0::/:/bin/false\nstudent:x:{uid}:{uid}::/w:/bin/false\n",
    "/etc/group": "root:x:0:\nstudent:x:{uid}:\n",
    "/etc/hosts": "127.0.0.1 localhost sandbox\n::1 localhost\n",
    "/etc/nsswitch.conf": "passwd: files\ngroup: files\nhosts: files\n",
}


def arguments(
    python: Interpreter, driver: Path, spec: SandboxSpec, uid: int, spare: bool, files: list[int], info: int
) -> list[str]:
    """Everything for bwrap but the command: handed over in a file, so that /proc/1/cmdline inside shows no path of this machine.

    `uid` is the student's; `spare` says that real root makes the mounts and changes to it later. `files` gains descriptors to hand over.
    """
    limits = spec.limits
    given = ["--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts", "--unshare-cgroup-try"]
    if spare:
        given += [
            "--cap-drop",
            "ALL",
            "--cap-add",
            "CAP_SETUID",
            "--cap-add",
            "CAP_SETGID",
            "--cap-add",
            "CAP_SETPCAP",
        ]
    else:
        given += ["--unshare-user", "--disable-userns", "--uid", str(uid), "--gid", str(uid)]
        given.append("--as-pid-1")  # bwrap's own first process would have the student's uid; as root it has not
    given += ["--die-with-parent", "--new-session", "--clearenv", "--setenv", "PYTHONHASHSEED", "0"]
    if spec.packages:
        folders = ":".join(f"/packages/{number}" for number in range(len(spec.packages)))
        given += ["--setenv", "PYTHONPATH", folders]
    given += ["--hostname", "sandbox", "--info-fd", str(info)]
    for folder in _parents([Path("/usr/bin"), Path("/etc/hosts"), Path("/packages/base/greenlet"), *python.folders]):
        given += ["--dir", str(folder)]  # those bwrap makes by itself are closed to others
    for name in interpreter.IN_USR:
        host = Path("/usr", name)
        if host.is_dir():
            given += ["--ro-bind", str(host), str(host)]
        if Path("/", name).is_symlink():
            given += ["--symlink", f"usr/{name}", f"/{name}"]
        elif Path("/", name).is_dir():
            given += ["--ro-bind", f"/{name}", f"/{name}"]
    for folder in python.folders:
        given += ["--ro-bind", str(folder), str(folder)]
    for path, text in ETC.items():
        file = in_memory(text.format(uid=uid).encode())
        files.append(file)
        given += ["--perms", "0444", "--file", str(file), path]
    given += ["--proc", "/proc", "--dev", "/dev"]
    for path in WRITABLE:
        given += ["--perms", "1777", "--size", str(limits.disk), "--tmpfs", path]
    given += [
        "--ro-bind",
        str(driver),
        "/sandbox",
        "--ro-bind",
        str(interpreter.SANDBOX / "first.py"),
        interpreter.FIRST,
    ]
    greenlet = importlib.util.find_spec("greenlet")
    if greenlet and greenlet.origin:
        given += ["--ro-bind", str(Path(greenlet.origin).resolve().parent), "/packages/base/greenlet"]
    for number, folder in enumerate(spec.packages):
        given += ["--ro-bind", str(folder.resolve()), f"/packages/{number}"]
    given += ["--remount-ro", "/dev", "--remount-ro", "/", "--chdir", "/w"]
    program = seccomp.program()
    if program is not None:
        file = in_memory(program)
        files.append(file)
        given += ["--seccomp", str(file)]
    return given


def _parents(paths: Iterable[Path]) -> list[Path]:
    """All folders above these, each once, outermost first, without the root."""
    return sorted({parent for path in paths for parent in path.parents if parent != Path("/")})


def command(python: Interpreter, limits: Limits, spare: int | None, *, fixed: bool) -> list[str]:
    """The command inside, to Python: limits that count there only, the spare uid if there is one, addresses that are the same every time, the driver."""
    address_space = 2 * limits.memory + 2**30 + limits.tasks * 16 * 2**20  # stacks and arenas are reserved, not used
    cpu = math.ceil(limits.cpu) + CPU_SLACK
    words = [
        "/usr/bin/prlimit",
        f"--nproc={limits.tasks + OVERHEAD}",
        f"--as={address_space}",
        f"--fsize={limits.file}",
    ]
    words += [f"--nofile={limits.open_files}", f"--cpu={cpu}", "--core=0", "--"]
    if spare is not None:
        words += ["/usr/bin/setpriv", f"--reuid={spare}", f"--regid={spare}", "--clear-groups"]
        words += ["--bounding-set=-all", "--inh-caps=-all", "--no-new-privs", "--"]
    if fixed:  # here, and not before: the kernel forgets it when a program gains rights, as setpriv does for a moment
        words += ["/usr/bin/setarch", platform.machine(), "--addr-no-randomize"]
    words += [str(python.program), *interpreter.FLAGS, interpreter.FIRST, "--die-with-parent"]
    return [*words, "/sandbox/driver.py", "--own-pid-namespace"]


def in_memory(content: bytes) -> int:
    """A descriptor to read `content` from; no file system knows it."""
    file = os.memfd_create("grader")
    os.write(file, content)
    os.lseek(file, 0, os.SEEK_SET)
    return file
