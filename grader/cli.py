"""The command line: one command a verb, no logic of its own. Exit 0 done, 1 found failures, 2 wrong use, 3 infrastructure."""

from __future__ import annotations

import sys
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Annotated, Literal, Optional, cast

import typer

from grader import verbs
from grader.console import Screen, preferred_language
from grader.errors import GraderError, UsageError
from grader.language import say, translate

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
LANGUAGE = preferred_language(None)


def t(text: str) -> str:
    """Help texts are made when the program starts: in the system's language."""
    return translate(text, LANGUAGE)


Course = Annotated[Path | None, typer.Option("--course", help=t("the course folder (default: the nearest one above)"))]
Lang = Annotated[Optional[str], typer.Option("--lang", help=t("zh or en"))]  # noqa: UP045
Json = Annotated[bool, typer.Option("--json", help=t("print JSON"))]
Sandbox = Annotated[str, typer.Option("--sandbox", help="auto|docker|bubblewrap")]
Unsafe = Annotated[
    bool,
    typer.Option("--unsafe-no-sandbox", help=t("run student code on this machine as yourself; the grade is marked")),
]
Local = Annotated[bool, typer.Option("--allow-local", help=t("accept local paths and loopback hosts"))]
Student = Annotated[Optional[str], typer.Option("--student", help=t("the student's id"))]  # noqa: UP045
Branch = Annotated[Optional[str], typer.Option("--branch", help=t("the branch (default: the repository's)"))]  # noqa: UP045
Folder = Annotated[Optional[str], typer.Option("--folder", help=t("the folder inside the repository"))]  # noqa: UP045
Roster = Annotated[Optional[Path], typer.Option("--roster", help=t("a roster file (default: the course's)"))]  # noqa: UP045
Group = Annotated[Optional[str], typer.Option("--group", help=t("only this group"))]  # noqa: UP045
Due = Annotated[Optional[str], typer.Option("--due", help=t("only what is due on a day: today, or 2026-12-01"))]  # noqa: UP045
Names = Annotated[Optional[list[str]], typer.Argument(help=t("exercises (default: all)"), show_default=False)]  # noqa: UP045
As = Annotated[str, typer.Option("--as", help=t("who does this"))]
Reason = Annotated[str, typer.Option("--reason", help=t("why"))]
Who = Annotated[str, typer.Argument(help=t("a student's id; @3 for group 3, @all for the class"))]
Check = Annotated[str, typer.Option("--check", help=t("the name of one check (default: the whole)"))]
Points = Annotated[Optional[str], typer.Option("--points", help=t("points, like 2.5"))]  # noqa: UP045
Workers = Annotated[int, typer.Option("--workers", help=t("gradings at a time (default: one a core)"))]


def context(
    course: Path | None, lang: str | None, *, is_json: bool = False, needs_course: bool = True
) -> verbs.Context:
    """What every command starts from."""
    if lang is not None and lang not in ("zh", "en"):
        raise UsageError(say("There is no language {name}.", name=lang), remedy=say("Choose zh or en."))
    return verbs.Context.open(course, lang, is_json=is_json, needs_course=needs_course)


# -- anyone ---------------------------------------------------------------------------------------------------------


@app.command(help=t("a sample class, graded; says where its page is"))
def demo(into: Path = Path("demo"), sandbox: Sandbox = "auto", workers: Workers = 0, lang: Lang = None) -> None:
    from grader.demo.run import demo as run  # noqa: PLC0415 - loads what others need not

    with context(None, lang) as c:
        run(c, into, sandbox, workers)


@app.command(help=t("what holds on this machine, tried out"))
def doctor(sandbox: Sandbox = "auto", json: Json = False, lang: Lang = None) -> None:
    with context(None, lang, is_json=json, needs_course=False) as c:
        sys.exit(verbs.doctor(c, sandbox))


Scenario = Annotated[
    str | None,
    typer.Option(
        "--scenario",
        help=t("FILE:NAME, a function beside the file that is given its module; or a .json that a report handed over"),
    ),
]
Args = Annotated[
    list[str] | None, typer.Option("--arg", help=t("an argument of the scenario, as in Python; again for each"))
]
Stdin = Annotated[Optional[Path], typer.Option("--stdin", help=t("a file to read as standard input (default: empty)"))]  # noqa: UP045
Page = Annotated[Optional[Path], typer.Option("--page", help=t("also write what came out as one HTML page"))]  # noqa: UP045
Here = Annotated[bool, typer.Option("--no-sandbox", help=t("run it here, as yourself"))]


@app.command(help=t("run a file of your own under every order of its tasks"))
def explore(
    file: Path,
    scenario: Scenario = None,
    seed: Annotated[int, typer.Option("--seed", help=t("of what is drawn"))] = 0,
    schedules: Annotated[int, typer.Option("--schedules", min=1, help=t("how many runs at most"))] = 1000,
    args: Args = None,
    stdin: Stdin = None,
    sandbox: Sandbox = "auto",
    here: Here = False,
    page: Page = None,
    json: Json = False,
    lang: Lang = None,
) -> None:
    with context(None, lang, is_json=json, needs_course=False) as c:
        sys.exit(
            verbs.explore(
                c,
                file,
                scenario=scenario,
                seed=seed,
                schedules=schedules,
                stdin=stdin,
                sandbox=sandbox,
                here=here,
                page=page,
                args=args or (),
            )
        )


@app.command(help=t("run a file once more in an order that explore found"))
def replay(
    file: Path,
    schedule: Path,
    scenario: Scenario = None,
    stdin: Stdin = None,
    sandbox: Sandbox = "auto",
    here: Here = False,
    page: Page = None,
    json: Json = False,
    lang: Lang = None,
) -> None:
    with context(None, lang, is_json=json, needs_course=False) as c:
        sys.exit(verbs.replay(c, file, schedule, scenario=scenario, stdin=stdin, sandbox=sandbox, here=here, page=page))


# -- students and single submissions ----------------------------------------------------------------------------------


@app.command(help=t("grade one repository for one exercise"))
def grade(
    url: str, assignment: str, student: Student = None, branch: Branch = None, folder: Folder = None, sandbox: Sandbox = "auto",
    unsafe: Unsafe = False, allow_local: Local = False, json: Json = False, course: Course = None, lang: Lang = None,
) -> None:  # fmt: skip
    with context(course, lang, is_json=json) as c:
        sys.exit(
            verbs.grade(
                c,
                url,
                assignment,
                verbs.Where(student, branch, folder, allow_local=allow_local),
                verbs.How(sandbox, unsafe),
                "grade",
            )
        )


@app.command(help=t("hand in a repository: received now, graded now"))
def submit(
    url: str, assignment: str, student: Student = None, branch: Branch = None, folder: Folder = None, sandbox: Sandbox = "auto",
    unsafe: Unsafe = False, allow_local: Local = False, json: Json = False, course: Course = None, lang: Lang = None,
) -> None:  # fmt: skip
    with context(course, lang, is_json=json) as c:
        sys.exit(
            verbs.grade(
                c,
                url,
                assignment,
                verbs.Where(student, branch, folder, allow_local=allow_local),
                verbs.How(sandbox, unsafe),
                "submit",
            )
        )


# -- teaching assistants ----------------------------------------------------------------------------------------------


@app.command(help=t("receive every repository of the class as it is now, without grading"))
def collect(
    names: Names = None,
    due: Due = None,
    group: Group = None,
    roster: Roster = None,
    allow_local: Local = False,
    json: Json = False,
    course: Course = None,
    lang: Lang = None,
) -> None:
    with context(course, lang, is_json=json) as c:
        sys.exit(verbs.collect(c, names or (), due, group, roster, allow_local=allow_local))


@app.command(help=t("grade the class"))
def batch(
    names: Names = None, due: Due = None, group: Group = None, roster: Roster = None, sandbox: Sandbox = "auto", unsafe: Unsafe = False,
    workers: Workers = 0, allow_local: Local = False, json: Json = False, course: Course = None, lang: Lang = None,
) -> None:  # fmt: skip
    with context(course, lang, is_json=json) as c:
        sys.exit(
            verbs.batch(
                c, names or (), due, group, roster, verbs.How(sandbox, unsafe, workers), allow_local=allow_local
            )
        )


@app.command(help=t("write the reports: the class page, every student's pages"))
def report(
    names: Names = None,
    student: Student = None,
    into: Annotated[Path | None, typer.Option("--into", help=t("the folder to write to"))] = None,
    json: Json = False,
    course: Course = None,
    lang: Lang = None,
) -> None:
    with context(course, lang, is_json=json) as c:
        verbs.report(c, names or (), student, into)


@app.command(help=t("who has not handed in what, a line per group"))
def missing(
    names: Names = None,
    due: Due = None,
    group: Group = None,
    json: Json = False,
    course: Course = None,
    lang: Lang = None,
) -> None:
    with context(course, lang, is_json=json) as c:
        verbs.missing(c, names or (), due, group)


@app.command(help=t("what waits for a person"))
def review(names: Names = None, json: Json = False, course: Course = None, lang: Lang = None) -> None:
    with context(course, lang, is_json=json) as c:
        verbs.review(c, names or ())


@app.command(help=t("decide: on_time or late about an attempt, accept or reject about a check"))
def decide(
    student: Who, assignment: str, value: Annotated[str, typer.Argument(help="on_time|late|accept|reject|withdrawn")], by: As, reason: Reason, check: Check = "",
    points: Points = None, course: Course = None, lang: Lang = None,
) -> None:  # fmt: skip
    if value not in ("on_time", "late", "accept", "reject", "withdrawn"):
        raise UsageError(
            say("There is no decision {name}.", name=value),
            remedy=say("Choose one of: {names}.", names="on_time, late, accept, reject, withdrawn"),
        )
    with context(course, lang) as c:
        verbs.decide(
            c,
            student,
            assignment,
            cast("Literal['on_time', 'late', 'accept', 'reject', 'withdrawn']", value),
            verbs.Signed(by, reason),
            check,
            decimal(points),
        )


@app.command(help=t("set the points of a check or the total; without points, take that back"))
def override(
    student: str,
    assignment: str,
    by: As,
    reason: Reason,
    points: Points = None,
    check: Check = "",
    adjust: Annotated[bool, typer.Option("--adjust", help=t("add to the total instead"))] = False,
    course: Course = None,
    lang: Lang = None,
) -> None:
    with context(course, lang) as c:
        verbs.override(c, student, assignment, decimal(points), verbs.Signed(by, reason), check, adjust=adjust)


@app.command(help=t("a later due time for one student"))
def extend(
    student: Who,
    assignment: str,
    until: Annotated[str, typer.Argument(help=t("the course's time, like 2026-12-03 23:59, or none"))],
    by: As,
    reason: Reason,
    course: Course = None,
    lang: Lang = None,
) -> None:
    with context(course, lang) as c:
        verbs.extend(c, student, assignment, until, verbs.Signed(by, reason))


@app.command(help=t("say something about a submission, a check or a line"))
def comment(
    student: str,
    assignment: str,
    text: str,
    by: As,
    check: Check = "",
    line: Annotated[int, typer.Option("--line", help=t("a line of the graded file"))] = 0,
    course: Course = None,
    lang: Lang = None,
) -> None:
    with context(course, lang) as c:
        verbs.comment(c, student, assignment, text, by, check, line)


@app.command(help=t("show an exercise's hidden checks to students"))
def release(
    assignment: str,
    by: As,
    reason: Reason,
    check: Check = "",
    hide: Annotated[bool, typer.Option("--hide", help=t("hide them again"))] = False,
    course: Course = None,
    lang: Lang = None,
) -> None:
    with context(course, lang) as c:
        verbs.release(c, assignment, verbs.Signed(by, reason), check, hide=hide)


@app.command(help=t("try again what the grader itself failed at"))
def retry(
    names: Names = None,
    by: As = "TA",
    reason: Reason = "retry",
    sandbox: Sandbox = "auto",
    course: Course = None,
    lang: Lang = None,
) -> None:
    with context(course, lang) as c:
        sys.exit(verbs.retry(c, names or (), verbs.Signed(by, reason), verbs.How(sandbox)))


@app.command(help=t("grade again with today's version: old against new, then --apply or --drop"))
def regrade(
    assignment: str, student: Annotated[Optional[list[str]], typer.Option("--student")] = None, apply: Annotated[bool, typer.Option("--apply", help=t("make the new grades count"))] = False,  # noqa: UP045
    drop: Annotated[bool, typer.Option("--drop", help=t("forget the new grades"))] = False, partial: Annotated[bool, typer.Option("--partial", help=t("apply what is done, although some is not"))] = False, by: As = "", reason: Reason = "", sandbox: Sandbox = "auto", json: Json = False, course: Course = None, lang: Lang = None,
) -> None:  # fmt: skip
    if apply and drop:
        raise UsageError(say("--apply and --drop exclude each other."))
    with context(course, lang, is_json=json) as c:
        sys.exit(
            verbs.regrade(
                c,
                assignment,
                student or (),
                "apply" if apply else "drop" if drop else "preview",
                verbs.Signed(by, reason),
                verbs.How(sandbox),
                is_partial=partial,
            )
        )


@app.command(help=t("the grades as a file: table, canvas, moodle, gradescope, junit"))
def export(
    kind: str,
    names: Names = None,
    into: Annotated[Path | None, typer.Option("--into", help=t("the file to write"))] = None,
    fill: Annotated[
        Path | None, typer.Option("--fill", help=t("your own export, of which a filled copy is made"))
    ] = None,
    column: Annotated[str, typer.Option("--column", help=t("the column to fill"))] = "",
    student: Student = None,
    course: Course = None,
    lang: Lang = None,
) -> None:
    with context(course, lang) as c:
        verbs.export(c, kind, names or (), into, fill, column, student)


@app.command(help=t("draw students and ask about their own code"))
def spotcheck(
    assignment: str,
    seed: Annotated[str, typer.Option("--seed", help=t("any text; the same seed draws the same students"))],
    count: Annotated[int, typer.Option("--count", help=t("students per group"))] = 1,
    group: Group = None,
    sandbox: Sandbox = "auto",
    json: Json = False,
    course: Course = None,
    lang: Lang = None,
) -> None:
    with context(course, lang, is_json=json) as c:
        verbs.spotcheck(c, assignment, seed, count, group, verbs.How(sandbox))


# -- instructors --------------------------------------------------------------------------------------------------------


@app.command(help=t("an exercise to start from"))
def new(
    name: str,
    like: Annotated[str | None, typer.Option("--like", help=t("copy this one"))] = None,
    course: Course = None,
    lang: Lang = None,
) -> None:
    with context(course, lang) as c:
        verbs.new(c, name, like)


@app.command(help=t("a zip to work with at home: statement, starter, public scenarios, explore and replay; no answers"))
def kit(
    name: str,
    out: Annotated[Path | None, typer.Option("--out", help=t("the folder to write it in (default: this one)"))] = None,
    course: Course = None,
    json: Json = False,
    lang: Lang = None,
) -> None:
    with context(course, lang, is_json=json) as c:
        verbs.kit(c, name, out)


@app.command(help=t("what students will read"))
def preview(
    name: str,
    into: Annotated[Path | None, typer.Option("--into", help=t("the file to write"))] = None,
    course: Course = None,
    lang: Lang = None,
) -> None:
    with context(course, lang) as c:
        verbs.preview(c, name, into)


@app.command(help=t("prove that exercises are fair: solution, starter, do-nothing, mistakes, mutants"))
def check(
    names: Names = None,
    watch: Annotated[bool, typer.Option("--watch", help=t("again after every save"))] = False,
    sandbox: Sandbox = "auto",
    json: Json = False,
    course: Course = None,
    lang: Lang = None,
) -> None:
    with context(course, lang, is_json=json) as c:
        sys.exit(verbs.check(c, names or (), sandbox, watch=watch))


@app.command(help=t("mark an exercise as proved; refuses what check does not prove"))
def publish(
    name: str, by: As, reason: Reason = "published", sandbox: Sandbox = "auto", course: Course = None, lang: Lang = None
) -> None:
    with context(course, lang) as c:
        sys.exit(verbs.publish(c, name, verbs.Signed(by, reason), sandbox))


@app.command(help=t("read a class list, show what it would change, and apply it"))
def roster(
    file: Path,
    apply: Annotated[bool, typer.Option("--apply", help=t("make it the class list"))] = False,
    by: As = "instructor",
    json: Json = False,
    course: Course = None,
    lang: Lang = None,
) -> None:
    with context(course, lang, is_json=json) as c:
        sys.exit(verbs.roster(c, file, by, apply=apply))


# -- operators ----------------------------------------------------------------------------------------------------------


@app.command(help=t("a course folder to start from"))
def init(folder: Path, lang: Lang = None) -> None:
    with context(None, lang, needs_course=False) as c:
        verbs.init(c, folder)


@app.command(help=t("the store and the snapshots in one file"))
def backup(
    into: Path, by: As = "operator", reason: Reason = "backup", course: Course = None, lang: Lang = None
) -> None:
    with context(course, lang) as c:
        verbs.backup(c, into, verbs.Signed(by, reason))


@app.command(help=t("what `backup` wrote, put back; never over an existing store"))
def restore(file: Path, course: Course = None, lang: Lang = None) -> None:
    with context(course, lang) as c:
        verbs.restore(c, file)


@app.command(help=t("remove everything about one student"))
def forget(student: str, by: As, reason: Reason, course: Course = None, lang: Lang = None) -> None:
    with context(course, lang) as c:
        verbs.forget(c, student, verbs.Signed(by, reason))


@app.command(help=t("remove snapshots and mirrors nothing refers to"))
def clean(course: Course = None, lang: Lang = None) -> None:
    with context(course, lang) as c:
        verbs.clean(c)


def decimal(text: str | None) -> Decimal | None:
    """Exact points from the command line."""
    if text is None:
        return None
    try:
        return Decimal(text)
    except InvalidOperation:
        raise UsageError(say("`{text}` is no number of points.", text=text)) from None


def main() -> None:
    """The entry point: errors of ours are printed for people, and decide the exit status."""
    try:
        app()
    except GraderError as error:
        language = preferred_language(_asked_language())
        Screen(language).error(error)
        sys.exit(error.exit_status)
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] in ("grader", "sandbox"):
            raise
        Screen(preferred_language(_asked_language())).error(
            UsageError(
                say("This needs {module}, which is not installed.", module=error.name),
                remedy=say(
                    "On a server: pip install 'concurrency-grader[server]'. `explore --no-sandbox` and `replay --no-sandbox` run without it."
                ),
            )
        )
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)


def _asked_language() -> str | None:
    for before, argument in zip(sys.argv, sys.argv[1:], strict=False):
        if before == "--lang":
            return argument
    return next((a.removeprefix("--lang=") for a in sys.argv if a.startswith("--lang=")), None)
