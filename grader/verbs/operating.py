"""Running it: a folder to start from, what holds here, backup, restore, forgetting, cleaning."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.errors import UsageError
from grader.language import say

if TYPE_CHECKING:
    from pathlib import Path

    from grader.verbs.context import Context, Signed

COURSE = """\
title: {zh: 新课程, en: A new course}
timezone: Asia/Shanghai
language: zh
encoding: gb18030
roster: roster.csv
hosts: {gitee.com: {}, github.com: {}, gitlab.com: {}}
late: {grace: 10min, per_day: 10%, at_most: 50%, slip_days: 3, closes_after: 7d}
attempts: {counts: latest, per_day: 20}
limits: {wall: 10s, cpu: 5s, memory: 256MB, tasks: 64}
packages: []
schedule: {}
"""


def init(c: Context, folder: Path) -> None:
    """A course folder to start from; never overwrites."""
    if (folder / "assignments").exists():
        raise UsageError(say("There is a course in {folder} already.", folder=str(folder)))
    (folder / "assignments").mkdir(parents=True)
    (folder / "reference").mkdir(exist_ok=True)
    (folder / "assignments" / "course.yaml").write_text(COURSE, encoding="utf-8")
    (folder / "roster.csv").write_text("id,name,group,repository\n", encoding="utf-8-sig")
    c.screen.text(str(folder / "assignments" / "course.yaml"))
    c.screen.say(say("Now write an exercise: grader new NAME --course {folder}", folder=str(folder)))


def doctor(c: Context, sandbox: str) -> int:
    raise NotImplementedError


def backup(c: Context, into: Path) -> None:
    raise NotImplementedError


def restore(c: Context, file: Path) -> None:
    raise NotImplementedError


def forget(c: Context, student: str, signed: Signed) -> None:
    raise NotImplementedError


def clean(c: Context) -> None:
    raise NotImplementedError
