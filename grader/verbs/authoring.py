"""An instructor's evening: new, preview, publish; and the class list. `check` has a file of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.containers import choose
from grader.course.new import new as make_new
from grader.course.roster import compare
from grader.course.starter import starters
from grader.language import say
from grader.reports.preview import preview_html
from grader.store import acts as store_acts
from grader.store.facts import apply_roster, current_students
from grader.verbs.checking import check_one

if TYPE_CHECKING:
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


def publish(c: Context, name: str, signed: Signed, sandbox: str) -> int:
    """Marks today's version as proved; refuses where check does not hold."""
    w = c.workspace
    if not check_one(c, name, sandbox, {}):
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
