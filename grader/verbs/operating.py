"""Running it: a folder to start from, what holds here, backup, restore, forgetting, cleaning."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from grader.containers import choose
from grader.containers.session import Enforcement
from grader.errors import UsageError
from grader.jobs import verbs as jobs
from grader.language import say
from grader.store import keeping

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
    """Tries every limit for real; 0 when nothing is missing, 1 when a limit does not hold at all, 3 without any sandbox."""
    from grader.containers import doctor as probes  # noqa: PLC0415 - opens sandboxes

    backend = choose(sandbox)
    findings = probes.examine(cast("probes.Probed", backend))
    if c.screen.is_json:
        c.screen.json(
            {
                "sandbox": backend.name,
                "python": backend.python(),
                "limits": {one.limit: {"holds": one.enforcement.value, "seen": one.seen.both()} for one in findings},
            }
        )
    else:
        c.screen.text(f"{backend.name}, Python {backend.python()}")
        c.screen.table(
            [say("limit"), say("holds"), say("what was seen")],
            [[one.limit, one.enforcement.value, one.seen.render(c.screen.language)] for one in findings],
        )
    return 1 if any(one.enforcement is Enforcement.NONE for one in findings) else 0


def backup(c: Context, into: Path, signed: Signed) -> None:
    w = c.workspace
    keeping.backup(w.store, w.settings.home, into, by=signed.by, reason=signed.reason, now=w.now)
    c.screen.text(str(into))


def restore(c: Context, file: Path) -> None:
    home = c.workspace.settings.home
    home.mkdir(parents=True, exist_ok=True)
    keeping.restore(file, home)
    c.screen.text(str(home))


def forget(c: Context, student: str, signed: Signed) -> None:
    w = c.workspace
    _removed(c, jobs.forget(w.course, w.store, w.settings.home, student, by=signed.by, reason=signed.reason), 0)


def clean(c: Context) -> None:
    w = c.workspace
    _removed(c, *jobs.clean(w.course, w.store, w.settings.home))


def _removed(c: Context, removed: keeping.Removed, mirrors: int) -> None:
    c.screen.say(
        say(
            "Removed: {snapshots} snapshots, {versions} versions, {mirrors} mirrors.",
            snapshots=removed.snapshots,
            versions=removed.versions,
            mirrors=mirrors or len(removed.repositories),
        )
    )
