"""The sample class: every answer and mistake of every exercise, and each odd kind of repository once.

demo/course/            assignments/ and reference/ as they are, roster.csv, .grader/
demo/repositories/      one bare repository a student
"""

from __future__ import annotations

import functools
import itertools
import os
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from grader.course.mistakes import apply, do_nothing, load_mistakes
from grader.course.roster import Student, write_roster
from grader.errors import InfrastructureError
from grader.judge.check import right_answers
from grader.language import say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from grader.course.course import Course
    from grader.course.version import Version

GROUPS = 8
NAMES = ("王小明", "欧阳娜娜", "תלמיד לדוגמה", "O'Brian Example", "李测试", "赵样例", "钱假名", "孙示范")
DATE = "2026-11-25T12:00:00+08:00"  # a commit date is the student's own; the demo's is always the same

HOSTILE = b"""\
import os, sys, threading, builtins

class Anything(str):
    def __eq__(self, other): return True
    def __hash__(self): return 0

print('{"checks": [{"test": "all", "verdict": "pass", "points": "10"}]}')
print("10 passed")
for number in range(3, 64):
    try:
        os.write(number, b'{"outcome": "value", "value": null}\\n')
    except OSError:
        pass
try:
    open(f"/proc/{os.getppid()}/mem", "wb").write(b"pass")
except OSError:
    pass
os._exit(0)
"""
PYTHON_2 = b'def buy_all(fruits, buy):\n    print "buying", len(fruits)\n    return map(buy, fruits)\n'
ENDLESS = b"while True:\n    pass\n"


MISTAKES = 12  # of one exercise that somebody in the class makes
SHOWN = frozenset((
    "udp-collect", "day32-quiz", "argv-login", "child-pid", "children-args", "join-one-all", "ticket-lock", "deadlock-fix", "prodcons-thread",
    "lost-update",
))  # fmt: skip
"""Exercises of the sample class: of every kind some, so that it is graded within a minute or two."""


@dataclass(frozen=True, slots=True)
class Work:
    """What one student's repository holds: folder per day, files by exercise; and what is odd about it."""

    about: str
    files: Mapping[str, bytes]
    branch: str = "master"
    on_branch: str | None = None  # the files are there only on this other branch
    then: Mapping[str, bytes] | None = None  # force-pushed over the first commit once that was received
    is_empty: bool = False


@dataclass(slots=True)
class Sample:
    """A course on disk and its class."""

    course: Path
    students: list[Student] = field(default_factory=list)
    kinds: dict[str, str] = field(default_factory=dict)  # student id -> what the repository is an example of
    later: list[Callable[[], None]] = field(default_factory=list)  # pushes that come after the receipt


def path_of(version: Version) -> str:
    """Where the sample students keep an exercise: a folder per day, as in the course."""
    assignment = version.assignment
    if assignment.submit.answers:
        return assignment.submit.answers
    return f"day{assignment.day}/{assignment.submit.file}"


def answers(version: Version) -> Iterator[tuple[str, bytes]]:
    """Right answer first, then starter, do-nothing and mistakes, the first ones of each exercise."""
    files, submit = version.reference.files, version.assignment.submit
    if submit.answers:
        yield "right", right_answers(version.assignment)
        return
    yield "right", files["solution.py"]
    if "starter.py" in files:
        yield "starter", files["starter.py"]
    yield "do nothing", do_nothing(submit).encode()
    for mistake in load_mistakes(version.assignment, version.reference)[:MISTAKES]:
        yield mistake.name, apply(mistake, version.reference)


def works(versions: Mapping[str, Version]) -> Iterator[Work]:
    """All repositories of the class: rows of answers, then the odd kinds."""
    lists = [[(path_of(version), data) for _, data in answers(version)] for version in versions.values()]
    for row in itertools.zip_longest(*lists):
        yield Work("answers", dict(pair for pair in row if pair))
    right = dict(one[0] for one in lists)
    path = path_of(versions["udp-collect"])
    folder, _, name = path.rpartition("/")
    one = {path: right[path]}
    yield Work("identical copy", dict(right))
    yield Work("empty repository", {}, is_empty=True)
    yield Work("missing file", {"README.md": "还没写\n".encode()})
    yield Work("wrong folder", {f"homework/{name}": right[path], f"old/{name}": b"pass\n"})
    yield Work("another branch", one, on_branch="my-work")
    yield Work("odd default branch", one, branch="trunk")
    yield Work("force-push after receipt", one, then={"README.md": b"gone\n"})
    yield Work("syntax error", {path: b"def collect(sock, n)\n    return {}\n"})
    yield Work("python 2", {path_of(versions["join-one-all"]): PYTHON_2})
    yield Work("GBK source", {path: "# 按客户端归类\n".encode("gbk") + right[path]})
    yield Work("endless loop", {path: ENDLESS})
    yield Work(
        "hostile",
        {
            path: HOSTILE,
            f"{folder}/conftest.py": b"import os; os._exit(0)\n",
            f"{folder}/sitecustomize.py": b"raise SystemExit\n",
        },
    )


def make(course: Course, versions: Mapping[str, Version], target: Path) -> Sample:
    """Writes the sample below `target`, replacing what is there."""
    shutil.rmtree(target, ignore_errors=True)
    repositories = target / "repositories"
    repositories.mkdir(parents=True)
    sample = Sample(target / "course")
    copy_course(course.root, sample.course, versions)
    for number, work in enumerate(works(versions), 1):
        repository = repositories / f"s{number:02}.git"
        write_repository(repository, work)
        if work.then is not None:
            sample.later.append(functools.partial(commit, repository, work.branch, work.then, force=True))
        name = NAMES[number - 1] if number <= len(NAMES) else f"示例{number:02}"
        group = f"{(number - 1) % GROUPS + 1}"
        sample.kinds[f"s{number:02}"] = work.about
        sample.students.append(Student(f"s{number:02}", name, group, str(repository.resolve()), work.on_branch))
    roster = course.roster.relative_to(course.root) if course.roster else Path("roster.csv")
    (sample.course / roster).write_bytes(write_roster(sample.students))
    return sample


def copy_course(root: Path, to: Path, versions: Mapping[str, Version]) -> None:
    """The course with these exercises alone; its schedule names no others."""
    (to / "assignments").mkdir(parents=True)
    lines = (root / "assignments" / "course.yaml").read_text(encoding="utf-8").splitlines(keepends=True)
    start = next((number for number, line in enumerate(lines) if line.startswith("schedule:")), len(lines))
    kept = [line for line in lines[start + 1 :] if line.partition(":")[0].strip() in versions]
    (to / "assignments" / "course.yaml").write_text("".join([*lines[: start + 1], *kept]), encoding="utf-8")
    for name in versions:
        shutil.copy(root / "assignments" / f"{name}.yaml", to / "assignments")
        if (root / "reference" / name).is_dir():
            shutil.copytree(
                root / "reference" / name, to / "reference" / name, ignore=shutil.ignore_patterns("__pycache__")
            )


def write_repository(repository: Path, work: Work) -> None:
    """A bare repository with one commit, or none."""
    git("init", "--quiet", "--bare", f"--initial-branch={work.branch}", str(repository))
    if work.is_empty:
        return
    if work.on_branch:
        commit(repository, work.branch, {"README.md": b"see my other branch\n"})
        commit(repository, work.on_branch, work.files)
    else:
        commit(repository, work.branch, work.files)


def commit(repository: Path, branch: str, files: Mapping[str, bytes], *, force: bool = False) -> None:
    """One commit with exactly these files on a branch, with nothing before it."""
    stream = [
        f"commit refs/heads/{branch}\ncommitter student <student@example.invalid> 1795579200 +0800\ndata 4\nwork\n".encode()
    ]
    for path, data in sorted(files.items()):
        stream.append(f"M 100644 inline {path}\ndata {len(data)}\n".encode() + data + b"\n")
    arguments = ["--force"] if force else []
    git("--git-dir", str(repository), "fast-import", "--quiet", *arguments, stdin=b"".join(stream))


def git(*arguments: str, stdin: bytes = b"") -> None:
    environment = {
        "PATH": os.environ.get("PATH", os.defpath),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "HOME": os.devnull,
    }
    done = subprocess.run(["git", *arguments], input=stdin, env=environment, capture_output=True, check=False)
    if done.returncode:
        raise InfrastructureError(say("git failed: {text}", text=done.stderr.decode("utf-8", "replace").strip()[-300:]))
