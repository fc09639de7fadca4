"""`grader new NAME`: an exercise to start from, small but complete: it can be checked, published and graded as it is."""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING

from grader.errors import UsageError
from grader.language import say

if TYPE_CHECKING:
    from pathlib import Path

    from grader.course.course import Course

YAML = """\
title: {{zh: {name}, en: {name}}}
day: 1
submit: {{file: {stem}.py, provides: ["double_all(numbers, work)"]}}
limits: {{wall: 3s, cpu: 1s}}
statement: |
  写一个函数 `double_all(numbers, work)`:每个数用一个线程调用 `work(n)`,全部做完之后返回。
checks:
  test_each_once: {{points: 6, title: {{zh: 每个数正好一次, en: Each number exactly once}}, hint: 每个数一个线程}}
  test_waits_for_all: {{points: 4, title: {{zh: 全部做完才返回, en: Returns when all is done}}, hint: 返回之前 join}}
"""
FILES = {
    "solution.py": """\
from threading import Thread


def double_all(numbers, work):
    threads = [Thread(target=work, args=(number,)) for number in numbers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
""",
    "starter.py": """\
from threading import Thread


def double_all(numbers, work):
    ...
""",
    "scenarios.py": """\
import time

from stage import note


def run(student, numbers):
    def work(number):
        time.sleep(0.05)
        note(number)

    student.double_all(numbers, work)
    note("returned")
""",
    "test_reference.py": """\
import pytest


@pytest.fixture
def run(explore):
    return explore("run", [1, 2, 3], watch="note")


def test_each_once(run):
    run.always(lambda r: sorted(e.about for e in r.events("note") if e.about != "returned") == [1, 2, 3], "each number once")


def test_waits_for_all(run):
    run.always(lambda r: [e.about for e in r.events("note")][3:] == ["returned"], "nothing is left to do when it returns")
""",
    "mistakes.yaml": """\
没有 join:
  edit: ["    for thread in threads:\\n        thread.join()\\n", ""]
  loses: {test_waits_for_all: fail}
最后一个忘了:
  edit: ["in numbers]", "in numbers[1:]]"]
  loses: {test_each_once: fail, test_waits_for_all: fail}
""",
}


def new(course: Course, name: str, like: str | None = None) -> tuple[Path, Path]:
    """Writes assignments/NAME.yaml and reference/NAME/; returns both. Raises UsageError, and never overwrites."""
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name) or name == "course":
        raise UsageError(
            say("`{name}` is no name for an exercise.", name=name),
            remedy=say("Use small letters, digits and dashes, as in bank-transfer."),
        )
    spec, folder = course.root / "assignments" / f"{name}.yaml", course.root / "reference" / name
    if spec.exists() or folder.exists():
        raise UsageError(say("There is an exercise called `{name}` already.", name=name))
    if like is not None:
        if like not in course.assignments():
            raise UsageError(
                say("There is no exercise called `{name}`.", name=like),
                remedy=say("There are: {names}.", names=", ".join(course.assignments())),
            )
        shutil.copyfile(course.root / "assignments" / f"{like}.yaml", spec)
        shutil.copytree(course.root / "reference" / like, folder, ignore=shutil.ignore_patterns("__pycache__"))
        return spec, folder
    spec.write_text(YAML.format(name=name, stem=name.replace("-", "_")), encoding="utf-8")
    folder.mkdir(parents=True)
    for file, text in FILES.items():
        (folder / file).write_text(text, encoding="utf-8")
    return spec, folder
