"""Student code on this machine as it is, without any isolation: for one's own code, never for grades.

Wall clock, CPU, memory and tasks are watched as elsewhere; nothing keeps a program from files, network or other processes. What a program leaves
running is ended as far as it can be found: by its descent, by what was seen to descend from it, by its session id, and by the name of its
temporary folder in the environment it was started with. Never `kill(-1)`.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

import psutil

from grader.containers import interpreter
from grader.containers.process import HELLO_PATIENCE, ProcessSession, said_hello
from grader.containers.session import Enforcement, SandboxSpec
from grader.orphans import become_reaper

if TYPE_CHECKING:
    from collections.abc import Mapping

DRIVER: Final = Path(__file__).parents[2] / "sandbox"


class Local:
    """The backend without isolation."""

    name = "local (unsafe)"

    def __init__(self, driver: Path = DRIVER) -> None:
        self.driver = driver.resolve()
        self._interpreter = interpreter.own()

    def open(self, spec: SandboxSpec) -> ProcessSession:
        become_reaper()
        folder = tempfile.TemporaryDirectory(prefix="grader-", ignore_cleanup_errors=True)
        environment = {"PYTHONHASHSEED": "0", "TMPDIR": folder.name}
        if spec.packages:
            environment["PYTHONPATH"] = os.pathsep.join(str(path.resolve()) for path in spec.packages)
        process = subprocess.Popen(
            [self._interpreter.program, *interpreter.FLAGS, self.driver / "driver.py", "--shared-machine"],
            env=environment,
            cwd=folder.name,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
            bufsize=0,
        )

        def end(session: ProcessSession) -> None:
            _kill(session, folder.name)
            folder.cleanup()

        return said_hello(
            ProcessSession(process, spec.limits, root=process.pid, kill=end, overhead=1, is_capped=False),
            HELLO_PATIENCE,
        )

    def capabilities(self) -> Mapping[str, Enforcement]:
        watched = dict.fromkeys(("wall", "output"), Enforcement.ENFORCED)
        looked_at = dict.fromkeys(("memory", "cpu", "tasks"), Enforcement.BEST_EFFORT)
        absent = dict.fromkeys(("disk", "network", "files", "privileges", "aslr"), Enforcement.NONE)
        return watched | looked_at | absent

    def python(self) -> str:
        return self._interpreter.version

    def for_probes(self, folder: Path) -> Local:
        """The same with another driver."""
        return Local(folder)


def _kill(session: ProcessSession, mark: str) -> None:
    """Ends everything that can be found; twice, for what was being born meanwhile. Reaps what became ours when its parent died."""
    killed: set[int] = set()
    for _ in range(2):
        for pid in _found(session, mark):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
                killed.add(pid)
    session.process.wait()
    for pid in killed - {session.process.pid}:
        with contextlib.suppress(ChildProcessError):
            os.waitpid(pid, 0)


def _found(session: ProcessSession, mark: str) -> list[int]:
    pids = {process.pid for process in session.tree.processes()} | session.tree.alive_of_seen()
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            if os.getsid(process.pid) == session.process.pid or process.environ().get("TMPDIR") == mark:
                pids.add(process.pid)
    return sorted(pids - {os.getpid()})
