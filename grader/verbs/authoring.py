"""An instructor's evening: new, edit, check --watch, preview, publish; and the class list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.markup import escape

from grader.containers import choose
from grader.course.new import new as make_new
from grader.course.roster import compare
from grader.course.starter import starters
from grader.course.version import Version
from grader.errors import GraderError, InfrastructureError
from grader.judge.check import Proof, prove_all
from grader.language import say
from grader.reports.preview import preview_html
from grader.store import acts as store_acts
from grader.store.facts import apply_roster, current_students

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from grader.verbs.context import Context, Signed


def new(c: Context, name: str, like: str | None) -> None:
    spec, folder = make_new(c.workspace.course, name, like)
    for path in (spec, folder):
        c.screen.text(str(path.relative_to(c.workspace.course.root)))
    c.screen.say(say("Edit them while this runs: grader check {name} --watch", name=name))


def preview(c: Context, name: str, into: Path | None) -> None:
    w = c.workspace
    path = into or w.settings.home / "preview" / f"{name}.html"
    path.parent.mkdir(parents=True, exist_ok=True)
    begin = starters(w.assignment(name), w.version(name).reference, c.screen.language)
    path.write_text(
        preview_html(w.assignment(name), w.course, "\n".join(begin.values()), c.screen.language),
        encoding="utf-8",
    )
    c.screen.text(str(path))


def check(c: Context, names: Sequence[str], sandbox: str, *, watch: bool) -> int:
    """Proves exercises; 0 when all hold, 1 when one does not. With `watch`, again after every save, until interrupted."""
    known: dict[str, Proof] = {}
    wanted = c.workspace.names(names)
    choose(sandbox)  # says at once what is missing
    if not watch:
        return 0 if _check_all(c, wanted, sandbox, known, shows_reader=False) else 1
    from watchfiles import watch as changes  # noqa: PLC0415 - only here

    root = c.workspace.course.root
    saved = changes(root / "assignments", root / "reference", rust_timeout=100, yield_on_timeout=True)
    next(saved)  # from here on nothing that is saved is overlooked, not even what is saved during a check
    _check_all(c, wanted, sandbox, known, shows_reader=True)
    c.screen.say(say("Watching. Save a file to check again; Ctrl-C ends."))
    for found in saved:
        if found:
            _check_all(c, wanted, sandbox, known, shows_reader=True)
    return 0


def _check_all(c: Context, names: Sequence[str], sandbox: str, known: dict[str, Proof], *, shows_reader: bool) -> bool:
    answers = [_check_one(c, name, sandbox, known, shows_reader=shows_reader) for name in names]
    return all(answers)


def _check_one(c: Context, name: str, sandbox: str, known: dict[str, Proof], *, shows_reader: bool) -> bool:
    holds = True
    try:
        version = Version.of(c.workspace.course, name)  # as the folder has it now
        if not c.screen.is_json:
            title = version.assignment.title.render(c.screen.language)
            c.screen.out.rule(escape(f"{name}  {title}"), align="left")
        for proof in prove_all(version, sandbox, known, home=c.workspace.settings.home):
            holds = holds and proof.holds
            show_proof(c, name, proof, shows_reader=shows_reader)
    except InfrastructureError:
        raise
    except GraderError as error:  # a file is wrong: said with its place, and the next save is another chance
        c.screen.error(error)
        if c.screen.is_json:
            told = {"zh": error.render("zh"), "en": error.render("en")}
            c.screen.json({"assignment": name, "holds": False, "error": told})
        return False
    return holds


def show_proof(c: Context, name: str, proof: Proof, *, shows_reader: bool) -> None:
    """One line a candidate; what does not hold; and, for a mistake, what its author would read."""
    language = c.screen.language
    records = proof.grading.checks
    if c.screen.is_json:
        c.screen.json(
            {
                "assignment": name, "candidate": proof.candidate.name, "kind": proof.candidate.kind, "holds": proof.holds,
                "faults": [fault.both() for fault in proof.faults], "warnings": list(proof.warnings), "checks": [r.to_json() for r in records],
            }
        )  # fmt: skip
        return
    sign = "[green]✓[/green]" if proof.holds else "[red]✗[/red]"
    lost = ", ".join(
        f"{record.test} {record.verdict.value}" for record in records if record.verdict.value not in ("pass", "not_run")
    )
    c.screen.out.print(f"{sign} {escape(proof.candidate.name)}  [dim]{escape(lost)}[/dim]")
    for fault in proof.faults:
        c.screen.out.print(f"    {escape(fault.render(language))}", style="red")
    for warning in proof.warnings:
        c.screen.out.print(
            escape("    " + say("holds even when nothing happens: {text}", text=warning).render(language)),
            style="yellow",
        )
    if shows_reader or not proof.holds:
        for record in records:
            if record.verdict.value not in ("pass", "not_run"):
                c.screen.out.print(f"    [dim]{escape(record.test)}:[/dim] {escape(record.message[language])}")
                for key in ("why", "assertion"):
                    if record.evidence.get(key):
                        c.screen.out.print(
                            escape("      " + str(record.evidence[key])[:500].replace("\n", "\n      ")), style="dim"
                        )


def publish(c: Context, name: str, signed: Signed, sandbox: str) -> int:
    """Marks today's version as proved; refuses where check does not hold."""
    w = c.workspace
    known: dict[str, Proof] = {}
    if not _check_one(c, name, sandbox, known, shows_reader=False):
        c.screen.say(say("Not published: the check does not hold."), style="red")
        return 1
    version = w.version(name)
    execution = version.execution_digest(choose(sandbox).python())
    w.settings.home.mkdir(parents=True, exist_ok=True)
    digest = version.save(w.settings.home)
    store_acts.publish(
        w.store, assignment=name, execution=execution, version=digest, by=signed.by, reason=signed.reason, now=w.now
    )
    c.screen.say(say("Published: {name}, version {digest}.", name=name, digest=digest[:12]), style="green")
    return 0


def roster(c: Context, file: Path, by: str, *, apply: bool) -> int:
    """Shows what a roster says and what it would change; with `apply`, makes it the class list."""
    w = c.workspace
    found = w.read_roster(file)
    with w.store.read() as session:
        old = current_students(session)
    changes = compare(old, found.students)
    if c.screen.is_json:
        c.screen.json(
            {
                "students": len(found.students), "kind": str(found.kind), "encoding": found.encoding, "delimiter": found.delimiter,
                "problems": [{"zh": p.render("zh"), "en": p.render("en")} for p in found.problems], "notices": [n.both() for n in found.notices],
                "applied": apply,
            }
        )  # fmt: skip
    else:
        c.screen.say(
            say(
                "{n} students, read as {encoding} with {delimiter}.",
                n=len(found.students),
                encoding=found.encoding,
                delimiter=repr(found.delimiter),
            )
        )
        c.screen.table(
            [say("student"), say("name"), say("group"), say("repository")],
            [[s.id, s.name, s.group, s.repository or ""] for s in found.students],
        )
        for notice in found.notices:
            c.screen.say(notice, style="yellow")
        for problem in found.problems:
            c.screen.error(problem)
        for sign, ids in (
            ("+", changes.added),
            ("-", changes.removed),
            ("~", tuple(after for _, after in changes.changed)),
        ):
            for one in ids:
                c.screen.text(f"{sign} {one.id} {one.name}")
    if apply:
        apply_roster(w.store, found.students, by=by, reason=file.name, now=w.now)
        c.screen.say(say("Applied."), style="green")
    elif changes and not c.screen.is_json:
        c.screen.say(say("Nothing is written yet; add --apply."))
    return 1 if found.problems else 0
