"""A small course, an intake without git, and a judge without a sandbox: what is left is the store and the jobs."""

import hashlib
import os
import signal
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

from grader.course.course import load_course
from grader.course.roster import Student
from grader.course.version import Version
from grader.errors import IntakeError
from grader.intake.snapshot import Snapshot
from grader.intake.take import Pinned
from grader.jobs.batch import Look, batch
from grader.jobs.tools import Tools
from grader.judge.records import CheckRecord, Grading
from grader.judge.verdicts import Verdict
from grader.language import say

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
ENVIRONMENT = {"PYTHONPATH": f"{HERE}{os.pathsep}{ROOT}"}
TOOLS = "jobs_world:fake_tools"
PYTHON = "3.11.2"
NAMES = ("argv-login", "child-pid")
COURSE = """\
title: {{zh: 并发编程, en: Concurrency}}
timezone: Asia/Shanghai
language: zh
late: {{grace: 10min, per_day: 10%, at_most: 50%, slip_days: {slip}, closes_after: 7d}}
attempts: {{counts: {counts}, per_day: {per_day}}}
schedule: {{{schedule}}}
"""
EXERCISE = """\
title: {name}
day: {day}
submit: {{file: {file}.py}}
statement: Write it.
checks:
  right: {{points: 4, run: {{args: [alice], exit: 0, lines: [ok]}}}}
  wrong: {{points: 6, run: {{args: [bob], exit: 1}}}}
"""


def make_course(root, names=NAMES, *, slip=0, counts="latest", per_day=20, due="2026-12-01 23:59"):
    """Exercises that need no reference folder."""
    (root / "assignments").mkdir(parents=True, exist_ok=True)
    schedule = ", ".join(f"{name}: {due}" for name in names)
    text = COURSE.format(slip=slip, counts=counts, per_day=per_day, schedule=schedule)
    (root / "assignments" / "course.yaml").write_text(text, encoding="utf-8")
    for day, name in enumerate(names, 31):
        text = EXERCISE.format(name=name, day=day, file=name.replace("-", "_"))
        (root / "assignments" / f"{name}.yaml").write_text(text, encoding="utf-8")
    return load_course(root)


def students(count):
    return tuple(
        Student(id=f"s{k:02}", name="王小明", group=f"{k % 3}", repository=f"https://gitee.com/class/s{k:02}")
        for k in range(count)
    )


@dataclass
class FakeIntake:
    """Repositories as dictionaries: student -> exercise -> text (None: no such file); an exception instead is raised."""

    home: Path
    repositories: dict = field(default_factory=dict)
    looks: list = field(default_factory=list)

    def __call__(self, student, assignments):
        self.looks.append(student.id)
        files = self.repositories.get(student.id, {})
        if isinstance(files, Exception):
            raise files
        commit = hashlib.sha1(repr(sorted(files.items(), key=str)).encode(), usedforsecurity=False).hexdigest()
        taken = {}
        for assignment in assignments:
            text = files.get(assignment.name, f"print('{student.id} {assignment.name}')\n")
            if text is None:
                taken[assignment.name] = IntakeError(say("no {name}", name=assignment.name), remedy=say("push it"))
                continue
            snapshot = Snapshot(assignment.submit.file, {assignment.submit.file: text.encode()})
            snapshot.save(self.home)
            taken[assignment.name] = Pinned(
                commit,
                datetime(2026, 12, 1, 10, tzinfo=UTC),
                "main",
                snapshot.tree,
                snapshot,
                None,
                SimpleNamespace(shown="x"),
            )
        return Look(
            repository=student.repository, commit=commit, branch="main",
            commit_date=datetime(2026, 12, 1, 10, tzinfo=UTC), seen_at=None, taken=taken,
        )  # fmt: skip


class FakeBackend:
    name = "fake"

    def python(self):
        return PYTHON


class FakeJudges:
    """The text says what happens: `kill`, `infra`, `boom`, `slow`, `wait`; anything else passes the first check and fails the second."""

    def __init__(self, home):
        self.home = home

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def grade(self, version, snapshot, student, backend):
        text = snapshot.files[snapshot.file].decode()
        with (self.home / "judged.log").open("a") as log:
            log.write(f"{student} {version.assignment.name} {snapshot.digest}\n")
        if "kill" in text:
            os.kill(os.getpid(), signal.SIGKILL)
        if "wait" in text:
            while not (self.home / "go").exists():
                time.sleep(0.02)
        if "boom" in text:
            raise RuntimeError(text)
        if "slow" in text:
            time.sleep(0.05)
        verdicts = [Verdict.INFRA if "infra" in text else Verdict.PASS, Verdict.FAIL]
        checks = tuple(
            CheckRecord(c.name, v, c.points if v is Verdict.PASS else Decimal(0), c.points, say("x").both())
            for c, v in zip(version.assignment.checks, verdicts, strict=True)
        )
        return Grading(
            version.execution_digest(backend.python()), snapshot.digest, backend.name, backend.python(), checks, 1
        )


def fake_tools():
    from grader.jobs import work

    work.BACK_OFF = timedelta(milliseconds=20)
    return Tools(version=Version.load, snapshot=Snapshot.load, judge=FakeJudges, backend=lambda _: FakeBackend())


def full_disk_tools():
    from grader.jobs import grading

    grading.SPACE = 2**60
    return fake_tools()


def judged(home):
    path = home / "judged.log"
    return path.read_text().splitlines() if path.exists() else []


def run_batch(course, store, home, who, intake, names=NAMES, **more):
    """`batch` with the fakes of this file, in this process; its workers are processes of their own."""
    return batch(
        course, names, who, store=store, home=home, intake=intake, backend="fake", python=PYTHON,
        **{"tools": TOOLS, "environment": ENVIRONMENT, "workers": 1, **more},
    )  # fmt: skip


def main():
    """A batch in a process of its own, to be killed: `python jobs_world.py COURSE HOME STUDENTS`."""
    import sys

    from grader.store.store import Store

    root, home, count = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
    who = students(count)
    intake = FakeIntake(home, {s.id: dict.fromkeys(NAMES, f"print('{s.id}')  # slow\n") for s in who})
    with Store.open(home) as store:
        run_batch(load_course(root), store, home, who, intake, workers=2)


if __name__ == "__main__":
    main()
