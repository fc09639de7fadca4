"""Where a judge process runs: tests are an instructor's, not the operator's, so where bubblewrap works they see Python, the
grader's own code, the folder with their test, and two pipes. No network, no home, no store, no other student.
"""

from __future__ import annotations

import functools
import subprocess
import sys
from pathlib import Path

from grader.errors import SandboxError
from grader.orphans import become_reaper, end_group

CODE = Path(__file__).parents[2]


def command(folder: Path) -> list[str]:
    """What starts a judge over `folder`: `python -m grader.judge.server`, confined where that works here."""
    python = [sys.executable, "-s", "-P", "-m", "grader.judge.server", str(folder)]
    return [*_prefix(), "--ro-bind", str(folder), str(folder), "--", *python] if is_confined() else python


@functools.cache
def is_confined() -> bool:
    """Whether a Python that can load the judge starts inside bubblewrap here."""
    if not sys.platform.startswith("linux"):
        return False
    become_reaper()
    try:
        line = [*_prefix(), "--", sys.executable, "-s", "-P", "-c", "import grader"]
        nothing = subprocess.DEVNULL
        process = subprocess.Popen(line, env={}, stdin=nothing, stdout=nothing, stderr=nothing, start_new_session=True)
    except (SandboxError, OSError):
        return False
    try:
        return process.wait(60) == 0
    except subprocess.TimeoutExpired:
        return False
    finally:
        end_group(process)


@functools.cache
def _prefix() -> tuple[str, ...]:
    """Bwrap and what it mounts, up to the program. Raises SandboxError where no bwrap works."""
    from grader.containers.bubblewrap import working_program  # noqa: PLC0415 - Linux only

    shown = [
        "/usr",
        "/bin",
        "/lib",
        "/lib64",
        "/etc/ld.so.cache",
        sys.prefix,
        sys.base_prefix,
        *(str(CODE / name) for name in ("grader", "sandbox")),
    ]
    links = [path for path in map(Path, shown[1:4]) if path.is_symlink()]
    mounts: list[str] = []
    for path in dict.fromkeys(shown):
        if Path(path) in links:
            mounts += ["--symlink", str(Path(path).readlink()), path]
        elif Path(path).exists():
            mounts += ["--ro-bind", path, path]
    return (
        str(working_program()), "--unshare-all", "--unshare-user", "--die-with-parent", "--clearenv",
        *environment_arguments(), *mounts, "--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp", "--chdir", "/",  # noqa: S108 - inside
    )  # fmt: skip


ENVIRONMENT = {
    "PYTHONHASHSEED": "0",
    "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
    "PYTHONDONTWRITEBYTECODE": "1",
    "LC_ALL": "C.UTF-8",
}
"""Nothing of ours: what a fixed hash seed and a quiet pytest need."""


def environment_arguments() -> list[str]:
    return [word for name, value in ENVIRONMENT.items() for word in ("--setenv", name, value)]
