"""A course of one small exercise, students with real repositories, and the command line as a person calls it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

COURSE = """\
title: {zh: 并发, en: Concurrency}
timezone: Asia/Shanghai
language: zh
encoding: gb18030
roster: roster.csv
hosts: {git.example.invalid: {}}
late: {grace: 10min, per_day: 10%, at_most: 50%, slip_days: 0, closes_after: 7d}
schedule: {double: 2036-12-01 23:59}
"""
EXERCISE = """\
title: {zh: 加倍, en: Double}
day: 31
submit: {file: double.py, provides: ["double(n)"]}
limits: {wall: 5s, cpu: 2s}
statement: 写一个函数 `double(n)`。
checks:
  test_two: {points: 2.5, title: {zh: 两倍, en: Twice}, hint: 乘以二}
  test_hidden: {points: 1.5, visibility: hidden}
"""
REFERENCE = {
    "solution.py": "def double(n):\n    return n * 2\n",
    "starter.py": "def double(n):\n    ...\n",
    "test_reference.py": "def test_two(call):\n    assert call('double', 2) == 4\n\n\ndef test_hidden(call):\n    assert call('double', 8675309) == 17350618\n",
    "mistakes.yaml": "加二: {edit: ['n * 2', 'n + 2'], loses: {test_hidden: fail}}\n",
}
RIGHT = REFERENCE["solution.py"]
WRONG = "def double(n):\n    return n + 3\n"


@dataclass(frozen=True)
class Ran:
    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def lines(self) -> list[Any]:
        return [json.loads(line) for line in self.out.splitlines()]


@dataclass
class World:
    """`root` is the course; `repositories` has one bare repository a student."""

    root: Path
    environment: dict[str, str] = field(default_factory=dict)

    def write(self, files: Mapping[str, str | bytes]) -> None:
        for name, data in files.items():
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data if isinstance(data, bytes) else data.encode())

    def repository(self, student: str) -> Path:
        return self.root.parent / "repositories" / f"{student}.git"

    def push(self, student: str, files: Mapping[str, str | bytes], *, branch: str = "main") -> Path:
        """One commit with exactly these files."""
        path = self.repository(student)
        if not path.exists():
            git("init", "--quiet", "--bare", f"--initial-branch={branch}", str(path))
        stream = [
            f"commit refs/heads/{branch}\ncommitter s <s@example.invalid> 1795579200 +0800\ndata 4\nwork\ndeleteall\n".encode()
        ]
        for name, text in files.items():
            data = text if isinstance(text, bytes) else text.encode()
            stream.append(f"M 100644 inline {name}\ndata {len(data)}\n".encode() + data + b"\n")
        git("--git-dir", str(path), "fast-import", "--quiet", "--force", stdin=b"".join(stream))
        return path

    def roster(self, *rows: tuple[str, str, str]) -> None:
        """Rows of id, name, group; each with the repository of that id."""
        lines = [f"{student},{name},{group},{self.repository(student)}" for student, name, group in rows]
        self.write({"roster.csv": "\n".join(["id,name,group,repository", *lines, ""])})

    def run(
        self, *arguments: str, environment: Mapping[str, str] | None = None, encoding: str = "utf-8", stdin: str = ""
    ) -> Ran:
        """`grader ARGUMENTS` in the course folder, in a process of its own."""
        plain = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.root.parent),
            "PYTHONUTF8": "0",
            "PYTHONIOENCODING": "utf-8",
        }
        done = subprocess.run(
            [sys.executable, "-m", "grader", *arguments], cwd=self.root, env={**plain, **self.environment, **(environment or {})},
            capture_output=True, input=stdin.encode(), check=False,
        )  # fmt: skip
        return Ran(done.returncode, done.stdout.decode(encoding), done.stderr.decode(encoding))


def git(*arguments: str, stdin: bytes = b"") -> None:
    subprocess.run(
        ["git", *arguments],
        input=stdin,
        check=True,
        capture_output=True,
        env={"PATH": os.environ["PATH"], "GIT_CONFIG_GLOBAL": os.devnull},
    )
