"""What `check` prints of a proof: a line a candidate, what does not hold, what its author would read; and the mutants."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.markup import escape

from grader.course.equivalents import entry_of
from grader.judge.check import killed_by
from grader.language import say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grader.judge.check import Proof
    from grader.judge.mutate import Mutant
    from grader.judge.records import CheckRecord
    from grader.language import Language
    from grader.verbs.context import Context

QUIET = ("pass", "not_run")


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
    lost = ", ".join(_lost(record, language) for record in records if record.verdict.value not in QUIET)
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
            if record.verdict.value not in QUIET:
                _show_reader(c, record)


def _lost(record: CheckRecord, language: Language) -> str:
    """A lost check, its verdict, and how many schedules the exploration that found it took."""
    text = f"{record.test} {record.verdict.value}"
    taken = schedules(record)
    return text if taken is None else text + " " + say("(schedules: {n})", n=taken).render(language)


def schedules(record: CheckRecord) -> int | None:
    """How many schedules the failing exploration tried; None where real runs decided."""
    explored = record.evidence.get("explored")
    return explored.get("schedules") if isinstance(explored, dict) else None


def _show_reader(c: Context, record: CheckRecord) -> None:
    c.screen.out.print(f"    [dim]{escape(record.test)}:[/dim] {escape(record.message[c.screen.language])}")
    for key in ("why", "assertion"):
        if record.evidence.get(key):
            c.screen.out.print(
                escape("      " + str(record.evidence[key])[:500].replace("\n", "\n      ")), style="dim"
            )


def show_mutants(c: Context, proofs: Sequence[Proof]) -> None:
    """How many faults in the solution were noticed; wrong entries of `equivalent:`; and what nothing notices, to paste."""
    language = c.screen.language
    survivors = [proof for proof in proofs if proof.survives]
    equivalent = sum(proof.candidate.equivalent is not None for proof in proofs)
    is_sound = all(proof.holds for proof in proofs)
    sign = "[red]✗[/red]" if not is_sound else "[yellow]![/yellow]" if survivors else "[green]✓[/green]"
    told = say(
        "mutants of the solution: {killed} noticed, {survivors} not, {equivalent} equivalent",
        killed=len(proofs) - len(survivors) - equivalent, survivors=len(survivors), equivalent=equivalent,
    )  # fmt: skip
    c.screen.out.print(f"{sign} {escape(told.render(language))}")
    for proof in proofs:
        for fault in proof.faults:
            c.screen.out.print(f"    {escape(fault.render(language))}", style="red")
    for proof in survivors:
        mutant = _mutant(proof)
        c.screen.out.print(f"    {escape(mutant.question.render(language))}", style="yellow")
    if survivors:
        hole = say(
            "No check says anything. A check is missing; or nobody can see it, then paste into mistakes.yaml, and say why:"
        )
        c.screen.out.print(f"    {escape(hole.render(language))}")
        lines = ["- " + entry_of(_mutant(proof), [_mutant(p) for p in proofs]) for proof in survivors]
        for line in lines if equivalent else ["equivalent:", *lines]:
            c.screen.text(line)


def mutant_json(name: str, proof: Proof, proofs: Sequence[Proof]) -> dict[str, Any]:
    """One mutant; `paste` only where nothing notices it."""
    mutant, killed = _mutant(proof), killed_by(proof)
    return {
        "assignment": name, "candidate": proof.candidate.name, "kind": "mutant", "holds": proof.holds, "survives": proof.survives,
        "line": mutant.line, "inside": mutant.inside, "change": {mutant.verb: mutant.code}, "faults": [fault.both() for fault in proof.faults],
        "killed_by": killed and {"check": killed.test, "verdict": killed.verdict.value, "schedules": schedules(killed)},
        "equivalent": proof.candidate.equivalent and proof.candidate.equivalent.why,
        "paste": entry_of(mutant, [_mutant(p) for p in proofs]) if proof.survives else None,
    }  # fmt: skip


def _mutant(proof: Proof) -> Mutant:
    assert proof.candidate.mutant is not None
    return proof.candidate.mutant
