"""A small sound course to start from; a test changes one file of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.course.course import load_course

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from grader.course.course import Course

COURSE = """\
title: {zh: 并发编程, en: Concurrency}
timezone: Asia/Shanghai
language: zh
encoding: gb18030
late: {grace: 10min, per_day: 10%, at_most: 50%, slip_days: 3, closes_after: 7d}
schedule: {demo: 2026-12-01 23:59}
"""
EXERCISE = """\
title: 例子
day: 31
submit: {file: work.py, provides: ["collect(sock, n)", "Counter(start=0)", "Counter.add(n)"]}
statement: 写一个函数。
checks:
  test_one: 2
  test_two: {points: 3, needs: [test_one], hint: 想一想}
"""
SOLUTION = """\
def collect(sock, n):
    return [sock.recv() for _ in range(n)]


class Counter:
    def __init__(self, start=0):
        self.n = start

    def add(self, n):
        self.n += n
"""
TESTS = "def test_one(call):\n    assert call('go') == 1\n\n\ndef test_two(call):\n    assert call('go') == 2\n"
SCENARIOS = "def go(student):\n    return student.collect(None, 0)\n"
MISTAKES = '只做一次: {edit: ["range(n)", "range(1)"], loses: {test_two: fail}}\n'
FILES = {
    "assignments/course.yaml": COURSE,
    "assignments/demo.yaml": EXERCISE,
    "reference/demo/solution.py": SOLUTION,
    "reference/demo/starter.py": "def collect(sock, n):\n    pass\n",
    "reference/demo/test_reference.py": TESTS,
    "reference/demo/scenarios.py": SCENARIOS,
    "reference/demo/mistakes.yaml": MISTAKES,
}


def write(root: Path, files: Mapping[str, str | bytes | None] | None = None) -> Path:
    """The sound course in `root`, with `files` in place of its own; None leaves one out."""
    for name, content in {**FILES, **(files or {})}.items():
        if content is None:
            continue
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return root


def course(root: Path, files: Mapping[str, str | bytes | None] | None = None) -> Course:
    """The sound course, loaded."""
    return load_course(write(root, files))
