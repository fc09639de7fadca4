"""From repositories to grades: one submission, a class, or only its receipt."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from grader.containers import choose
from grader.course.roster import Student
from grader.errors import UsageError
from grader.intake.address import parse_address
from grader.jobs import batch as jobs
from grader.jobs.look import looking
from grader.language import Message, say
from grader.reports.contract import grade_json
from grader.reports.markdown import report_markdown
from grader.reports.numbers import points
from grader.reports.student import Material, Reader, previous_checks
from grader.reports.student import report as report_view
from grader.store.facts import anonymous
from grader.store.grades import find_student

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from grader.jobs.batch import Progress, Row
    from grader.store.facts import How as Seen
    from grader.verbs.context import Context, How, Where

OUTCOMES: dict[str, Message] = {
    "graded": say("graded"),
    "already": say("graded before"),
    "missing": say("missing"),
    "infra": say("not reached: ours to mend"),
    "stopped": say("stopped: a person must look"),
    "capped": say("beyond the day's attempts"),
    "pinned": say("received"),
    "open": say("not finished"),
}


def grade(c: Context, url: str, name: str, where: Where, how: How, kind: Seen) -> int:
    """One repository for one exercise: 0 graded (whatever the score) or missing, 3 infrastructure."""
    w = c.workspace
    w.course.due(name)
    student = _student(c, url, where)
    backend = choose(how.sandbox, unsafe=how.unsafe)
    home = w.settings.home
    home.mkdir(parents=True, exist_ok=True)
    rows = jobs.batch(
        w.course, [name], [student], store=w.store, home=home, intake=looking(w.course, home, allow_local=where.allow_local),
        backend=_name(how, backend.name), python=backend.python(), how=kind, is_asked=True, workers=1,
    )  # fmt: skip
    w.tick()
    (found,) = w.grades([name], [student])
    if c.screen.is_json:
        reader = Reader(c.screen.language, w.now) if kind == "submit" else None  # who hands in sees what a student sees
        c.screen.json(grade_json(found, w.assignment(name), reader))
    else:
        facts = w.gradebook().facts.get((student.id, name))
        material = Material(w.files(found), previous_checks(facts, found) if facts else None, w.scenarios(name))
        c.screen.text(
            report_markdown(
                report_view(found, w.assignment(name), w.course, Reader(c.screen.language, w.now), material)
            )
        )
    row = rows[0]
    if row.outcome in ("infra", "stopped", "open"):
        if row.message:
            c.screen.errors.print(row.message.render(c.screen.language), markup=False)
        return 3
    return 0


def _student(c: Context, url: str, where: Where) -> Student:
    """Who hands in: the student of that id with this repository, or nobody in particular."""
    parse_address(url, c.workspace.course.hosts, allow_local=where.allow_local)  # refused at once, with the reason
    if where.student is None:
        plain = anonymous(url)
        return Student(plain.id, "", "", url, where.branch, where.folder)
    known = find_student(c.workspace.store, where.student)
    return Student(known.id, known.name, known.group, url, where.branch or None, where.folder or None)


def _name(how: How, backend: str) -> str:
    """What the workers are told: `auto` is decided once, here."""
    return "local" if backend.startswith("local") else backend if how.sandbox == "auto" else how.sandbox


def batch(
    c: Context,
    names: Sequence[str],
    due: str | None,
    group: str | None,
    roster: Path | None,
    how: How,
    *,
    allow_local: bool,
) -> int:
    """Grades the class; prints a summary; 0 unless something is ours to mend (3)."""
    w = c.workspace
    wanted = c.names(names, due)
    students, problems = w.students(roster, group)
    for problem in problems:
        c.screen.error(problem)
    backend = choose(how.sandbox, unsafe=how.unsafe)
    home = w.settings.home
    with c.screen.progress(say("Grading")) as bar:

        def tell(progress: Progress) -> None:
            bar.update(
                bar.task_ids[0],
                completed=progress.looked_at + progress.done,
                total=max(progress.students + progress.expected, 1),
            )

        rows = jobs.batch(
            w.course, wanted, students, store=w.store, home=home, intake=looking(w.course, home, allow_local=allow_local),
            backend=_name(how, backend.name), python=backend.python(), workers=how.pool, progress=tell,
        )  # fmt: skip
    w.tick()
    if c.screen.is_json:
        for one in w.grades(wanted, students):
            c.screen.json(grade_json(one, w.assignment(one.assignment)))
    else:
        summary(c, rows, wanted, students)
    return 3 if any(row.outcome in ("infra", "stopped", "open") for row in rows) else 0


def collect(
    c: Context, names: Sequence[str], due: str | None, group: str | None, roster: Path | None, *, allow_local: bool
) -> int:
    """Receives every repository as it is now."""
    w = c.workspace
    students, problems = w.students(roster, group)
    for problem in problems:
        c.screen.error(problem)
    w.settings.home.mkdir(parents=True, exist_ok=True)
    intake = looking(w.course, w.settings.home, allow_local=allow_local)
    with c.screen.progress(say("Receiving")) as bar:

        def tell(progress: Progress) -> None:
            bar.update(bar.task_ids[0], completed=progress.looked_at, total=progress.students)

        rows = jobs.collect(w.course, students, store=w.store, intake=intake, names=c.names(names, due), progress=tell)
    if c.screen.is_json:
        for row in rows:
            message = row.message.both() if row.message else None
            c.screen.json(
                {"student": row.student, "assignment": row.assignment, "outcome": row.outcome, "message": message}
            )
    else:
        _outcomes(c, rows)
    return 3 if any(row.outcome == "infra" for row in rows) else 0


def summary(c: Context, rows: Sequence[Row], names: Sequence[str], students: Sequence[Student]) -> None:
    """A table of the class, then what a person must look at, then how many of what: expected minus done is always said."""
    w = c.workspace
    language = c.screen.language
    by_key = {(g.student.id, g.assignment): g for g in w.grades(names, students)}
    outcomes = {(row.student, row.assignment): row for row in rows}

    def cell(student: str, name: str) -> str:
        grade, row = by_key[student, name], outcomes.get((student, name))
        if row is not None and row.outcome in ("infra", "stopped", "open"):
            return "!"
        return points(grade.counted) if grade.counted is not None else "-"

    heads: list[Message | str] = [say("student"), say("name"), say("group"), *names]
    c.screen.table(heads, ([s.id, s.name, s.group, *(cell(s.id, name) for name in names)] for s in students))
    told: dict[tuple[str, str], list[str]] = {}
    for row in rows:
        if row.outcome in ("missing", "infra", "stopped", "capped", "open") and row.message:
            told.setdefault(
                (row.student, f"{OUTCOMES[row.outcome].render(language)}. {row.message.render(language)}"), []
            ).append(row.assignment)
    for (student, text), about in told.items():
        is_all = len(about) == len(names)
        if is_all or not all(outcomes[student, name].is_not_written for name in about):  # that is the dash above
            c.screen.text(f"{student} {'*' if is_all and len(names) > 1 else ', '.join(about)}: {text}")
    _outcomes(c, rows)


def _outcomes(c: Context, rows: Sequence[Row]) -> None:
    counts: Counter[str] = Counter(row.outcome for row in rows)
    parts = [f"{OUTCOMES[kind].render(c.screen.language)} {counts[kind]}" for kind in OUTCOMES if counts[kind]]
    expected = len(rows)
    c.screen.say(
        say(
            "{n} of {expected} have an answer: {parts}.",
            n=expected - counts["open"],
            expected=expected,
            parts=", ".join(parts),
        )
    )


def unknown_export(kind: str, kinds: Sequence[str]) -> UsageError:
    return UsageError(
        say("There is no export called {name}.", name=kind),
        remedy=say("Choose one of: {names}.", names=", ".join(kinds)),
    )
