"""Which Python runs inside, and what it needs to be seen there."""

from __future__ import annotations

import functools
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

SYSTEM = Path("/usr/bin/python3")
IN_USR = (
    "bin",
    "lib",
    "lib32",
    "lib64",
    "libexec",
)  # what a program of the distribution needs; no share, src, include, local
FLAGS = (
    "-P",
    "-s",
    "-S",
    "-B",
)  # no folder of the script, no user site, no site, no bytecode: -I, except that it would ignore the hash seed
SANDBOX = Path(__file__).parents[2] / "sandbox"
FIRST = "/first.py"  # where sandbox/first.py is inside, whatever driver is at /sandbox


@dataclass(frozen=True, slots=True)
class Interpreter:
    """A program, its version "3.11.2" and the folders (beside /usr) it lives in."""

    program: Path
    version: str
    folders: tuple[Path, ...] = ()


@functools.cache
def find() -> Interpreter:
    """The system's Python where it has our major and minor version (compiled packages of ours then fit), else the one below our venv."""
    version = _version(SYSTEM) if SYSTEM.exists() else ""
    if version.split(".")[:2] == [str(n) for n in sys.version_info[:2]]:
        return Interpreter(SYSTEM.resolve(), version)
    return own()


def own() -> Interpreter:
    """The Python that runs us, below its virtual environment."""
    program = Path(getattr(sys, "_base_executable", None) or sys.executable).resolve()
    prefix = Path(sys.base_prefix).resolve()
    is_in_usr = prefix == Path("/usr")
    return Interpreter(program, "{}.{}.{}".format(*sys.version_info[:3]), () if is_in_usr else (prefix,))


def _version(program: Path) -> str:
    try:
        done = subprocess.run(
            [program, "-I", "-S", "-c", "import sys; print('%d.%d.%d' % sys.version_info[:3])"],
            capture_output=True,
            text=True,
            timeout=30,
            env={},
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip()
