"""What comes out: reports, who is missing, exports, spot checks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.markup import escape

from grader.containers import choose
from grader.errors import UsageError
from grader.intake.snapshot import Snapshot
from grader.judge.grade import Judges
from grader.language import say
from grader.reports.exports.canvas import fill_canvas, fill_moodle
from grader.reports.exports.gradescope import gradescope
from grader.reports.exports.junit import junit
from grader.reports.exports.moodle import moodle
from grader.reports.exports.table import table
from grader.reports.missing import missing_lines
from grader.reports.pages import write_class, write_report
from grader.reports.sheet import changed, told_in_full
from grader.reports.spotcheck import spotcheck as draw
from grader.reports.student import Material, Reader, previous_checks
from grader.reports.student import report as report_view
from grader.store.records import Facts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from grader.judge.records import Grading
    from grader.language import Message
    from grader.reports.spotcheck import Question
    from grader.store.grade import Grade
    from grader.verbs.context import Context, How

EXPORTS = {
    "table": "grades.csv",
    "canvas": "canvas.csv",
    "moodle": "moodle.csv",
    "gradescope": "results.json",
    "junit": "junit.xml",
}


def report(c: Context, names: Sequence[str], student: str | None, into: Path | None) -> None:
    """All pages of the class, or one student's reports; says where."""
    w = c.workspace
    folder = into or w.settings.home / "reports"
    wanted = c.names(names)
    students, _ = w.students(ids=[student] if student else [])
    grades = w.grades(wanted, students)
    if student:
        for path in _of_one(c, folder, grades):
            c.screen.text(str(path))
        return
    path = write_pages(c, folder, grades, wanted)
    if c.screen.is_json:
        c.screen.json({"page": str(path)})
    else:
        c.screen.text(str(path))


def write_pages(c: Context, folder: Path, grades: Sequence[Grade], names: Sequence[str]) -> Path:
    """The class page and everything it links to."""
    w = c.workspace
    facts = w.gradebook().facts
    starters = {
        name: [w.version(name).reference.files[f] for f in ("starter.py",) if f in w.version(name).reference.files]
        for name in names
    }
    return write_class(
        folder, grades, {name: w.assignment(name) for name in names}, w.course, Reader(c.screen.language, w.now, "staff"), w.files,
        lambda grade: facts.get((grade.student.id, grade.assignment), Facts()), starters, {name: w.scenarios(name) for name in names},
    )  # fmt: skip


def _of_one(c: Context, folder: Path, grades: Sequence[Grade]) -> list[Path]:
    w = c.workspace
    facts = w.gradebook().facts
    paths = []
    for grade in grades:
        material = Material(
            w.files(grade),
            previous_checks(facts.get((grade.student.id, grade.assignment), Facts()), grade),
            w.scenarios(grade.assignment),
        )
        view = report_view(grade, w.assignment(grade.assignment), w.course, Reader(c.screen.language, w.now), material)
        paths.append(write_report(folder, grade, view))
    return paths


def missing(c: Context, names: Sequence[str], due: str | None, group: str | None) -> None:
    """One pasteable line per group."""
    w = c.workspace
    wanted = c.names(names, due)
    students, _ = w.students(group=group)
    grades = w.grades(wanted, students)
    if c.screen.is_json:
        for grade in grades:
            if grade.status == "missing":
                c.screen.json(
                    {"student": grade.student.id, "group": grade.student.group, "assignment": grade.assignment}
                )
        return
    titles = {name: w.assignment(name).title.render(c.screen.language) for name in wanted}
    lines = missing_lines(grades, titles, c.screen.language)
    for line in lines:
        c.screen.text(line)
    if not lines:
        c.screen.say(say("Nobody is missing."))


def export(
    c: Context, kind: str, names: Sequence[str], into: Path | None, fill: Path | None, column: str, student: str | None
) -> None:
    """Writes one file and says where."""
    w = c.workspace
    if kind not in EXPORTS:
        raise UsageError(
            say("There is no export called {name}.", name=kind),
            remedy=say("Choose one of: {names}.", names=", ".join(EXPORTS)),
        )
    wanted = c.names(names)
    students, _ = w.students(ids=[student] if student else [])
    grades = w.grades(wanted, students)
    assignments = {name: w.assignment(name) for name in wanted}
    titles = {name: a.title.render(c.screen.language) for name, a in assignments.items()}
    notices: Sequence[Message] = ()
    if kind in ("canvas", "moodle") and (fill is not None or kind == "canvas"):
        if fill is None or len(wanted) != 1:
            raise UsageError(
                say("A filled copy needs one exercise and your own export."),
                remedy=say("Write: grader export {kind} EXERCISE --fill EXPORT.csv --column NAME", kind=kind),
            )
        if not fill.is_file():
            raise UsageError(say("There is no file {path}.", path=str(fill)))
        scores = {grade.student.id: grade.counted for grade in grades}
        column = column or titles[wanted[0]]
        if kind == "canvas":
            filled = fill_canvas(
                fill.read_bytes(), column, scores, assignments[wanted[0]].max_points, encoding=w.course.encoding
            )
        else:
            filled = fill_moodle(fill.read_bytes(), column, scores, encoding=w.course.encoding)
        data, notices = filled.data, filled.notices
    elif kind == "table":
        data = table(grades, {name: a.max_points for name, a in assignments.items()})
    elif kind == "moodle":
        data = moodle(grades, titles)
    elif kind == "gradescope":
        if len(grades) != 1:
            raise UsageError(
                say("results.json holds one student's work for one exercise."),
                remedy=say("Add --student ID and one exercise."),
            )
        made = gradescope(grades[0], assignments[wanted[0]], w.course, Reader(c.screen.language, w.now))
        if made is None:
            raise UsageError(say("Nothing was graded yet, so there is nothing to export."))
        data = made
    else:
        data = junit(grades, assignments, w.course, Reader(c.screen.language, w.now, "staff"))
    path = into or w.settings.home / "exports" / EXPORTS[kind]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    for notice in notices:
        c.screen.say(notice, style="yellow")
    c.screen.text(str(path))


def spotcheck(c: Context, name: str, seed: str, count: int, group: str | None, how: How) -> None:
    """Draws students by seed and group, asks about a change to their own passing file, and gives the TA the key."""
    w = c.workspace
    language = c.screen.language
    students, _ = w.students(group=group)
    backend = choose(how.sandbox)
    version = w.version(name)
    with Judges() as judges:

        def judge(grade: Grade, files: Mapping[str, bytes]) -> Grading:
            return judges.grade(version, Snapshot(file=grade.file, files=files), grade.student.id, backend)

        drawn = draw(
            w.grades([name], students), {name: w.assignment(name)}, w.files,
            seed=seed, language=language, group=group, count=count, encoding=w.course.encoding, judge=judge,
            scenarios={name: version.reference.files.get("scenarios.py", b"").decode()},
        )  # fmt: skip
    for question in drawn.questions:
        if c.screen.is_json:
            c.screen.json(question_json(question))
            continue
        student = question.grade.student
        c.screen.out.rule(escape(f"{student.group}  {student.id}  {student.name}"), align="left")
        for line in question.lines:
            c.screen.text(f"{'>' if line.number == question.mutant.line else ' '} {line.number:4}  {line.text}")
        c.screen.say(question.mutant.question, style="bold")
        c.screen.say(say("Key: {text}", text=question.key), style="dim")
        for change in question.changes or ():
            told = (
                say("The changed file, explored: {change}", change=changed(change, language))
                if change.explored
                else say("Real runs of the changed file: {check}: {text}", check=change.title, text=change.message[language])
            )  # fmt: skip
            c.screen.say(told, style="dim")
        if found := told_in_full(question):
            for text in (*found.told, found.label, found.text, *found.looked):
                c.screen.text(text)
            c.screen.say(say("Schedule: {schedule}", schedule=found.schedule), style="dim")
        if question.changes == ():
            if question.looked:
                c.screen.say(say("Exploring the changed file showed no difference."), style="dim")
                for text in question.looked:
                    c.screen.text(text)
            else:
                c.screen.say(say("Real runs of the changed file showed no difference."), style="dim")
    if not c.screen.is_json:
        for where, people in drawn.without.items():
            c.screen.say(
                say(
                    "{group}: no passing file with anything to ask about: {names}", group=where, names=", ".join(people)
                )
            )


def question_json(question: Question) -> dict[str, object]:
    """A question as plain values."""
    return {
        "student": question.grade.student.id, "assignment": question.grade.assignment, "file": question.grade.file,
        "line": question.mutant.line, "kind": question.mutant.kind.value, "question": question.mutant.question.both(), "key": question.key.both(),
        "changed": question.mutant.source, "looked": list(question.looked),
        "changes": [
            {"check": change.title, "after": change.after.both(), "message": dict(change.message), "record": change.record.to_json()}
            for change in question.changes or ()
        ],
    }  # fmt: skip
