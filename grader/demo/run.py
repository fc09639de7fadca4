"""`grader demo`: makes the sample class, receives it, grades it, writes its pages."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from grader.course.version import Version
from grader.demo.sample import SHOWN, make
from grader.judge.verdicts import Verdict
from grader.language import say
from grader.reports.links import report_path
from grader.reports.words import LABELS
from grader.verbs.context import Context, How
from grader.verbs.grading import batch, collect
from grader.verbs.results import write_pages

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from grader.store.grade import Grade


@dataclass(frozen=True, slots=True)
class Demo:
    """What was made: kinds of repositories by student, everybody's grades, the class page."""

    kinds: Mapping[str, str]
    grades: Sequence[Grade]
    page: Path


WORKERS = 4  # real runs mostly wait: more than cores


def demo(c: Context, into: Path, sandbox: str, workers: int) -> Demo:
    """Everything below `into`, anew each time. Prints a summary and where the class page is."""
    started = time.monotonic()
    course = c.workspace.course
    versions = {name: Version.of(course, name) for name in course.assignments() if name in SHOWN}
    sample = make(course, versions, into)
    with Context.open(sample.course, c.screen.language, is_json=False) as inner:
        inner.workspace.settings = replace(
            inner.workspace.settings,
            home=sample.course / ".grader",
            database=f"sqlite:///{(sample.course / '.grader' / 'grader.sqlite').resolve()}",
        )
        inner.screen.say(say("{n} sample students, {m} exercises.", n=len(sample.students), m=len(versions)))
        names: Sequence[str] = ()
        _quietly(inner, names)
        for push in sample.later:
            push()
        batch(inner, names, None, None, None, How(sandbox, workers=workers or WORKERS), allow_local=True)
        inner.workspace.tick()
        wanted = inner.names(())
        grades = inner.workspace.grades(wanted)
        page = write_pages(inner, into / "reports", grades, wanted)
        inner.screen.say(say("The class page: {path}", path=str(page.resolve())), style="bold")
        for verdict, path in drawn(grades, into / "reports"):
            inner.screen.say(say("Drawn, {what}: {path}", what=LABELS[verdict], path=str(path.resolve())))
        inner.screen.say(say("Made in {n} s.", n=int(time.monotonic() - started)))
    return Demo(sample.kinds, grades, page)


def drawn(grades: Sequence[Grade], folder: Path) -> Iterator[tuple[Verdict, Path]]:
    """A student's page with a race and one with a deadlock that the scheduler found, where there are such."""
    for verdict in (Verdict.RACE, Verdict.DEADLOCK):
        for grade in grades:
            if any(check.verdict is verdict and check.evidence.get("steps") for check in grade.checks):
                yield verdict, folder / report_path(grade.student.id, grade.assignment)
                break


def _quietly(inner: Context, names: Sequence[str]) -> None:
    """Receives everybody, so that a later force-push changes nothing about what was handed in."""
    with inner.screen.out.capture():
        collect(inner, names, None, None, None, allow_local=True)
