"""`check` and `check --watch`: proves exercises and says what does not hold, mutants last."""

from __future__ import annotations

import time
from contextlib import closing
from typing import TYPE_CHECKING

from rich.markup import escape

from grader.containers import choose
from grader.course.version import Version
from grader.errors import GraderError, InfrastructureError
from grader.judge.check import Proof, is_explored, prove_all, prove_mutants
from grader.language import say
from grader.verbs.proofs import mutant_json, show_mutants, show_proof

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from grader.verbs.context import Context

    Known = dict[str, Proof]

LOOKS_AGAIN = 0.5  # seconds between two looks at whether something was saved while mutants are judged


def check(c: Context, names: Sequence[str], sandbox: str, *, watch: bool) -> int:
    """Proves exercises; 0 when all hold, 1 when one does not. With `watch`, again after every save, until interrupted."""
    wanted = c.workspace.names(names)
    choose(sandbox)  # says at once what is missing
    if watch:
        return _watch(c, wanted, sandbox)
    known: Known = {}
    answers = [check_one(c, name, sandbox, known) and check_mutants(c, name, sandbox, known) for name in wanted]
    return 0 if all(answers) else 1


def _watch(c: Context, names: Sequence[str], sandbox: str) -> int:
    """Everything but mutants first, for all exercises; a save while mutants are judged interrupts them."""
    from watchfiles import watch as changes  # noqa: PLC0415 - only here

    known: Known = {}
    root = c.workspace.course.root
    saved = changes(root / "assignments", root / "reference", rust_timeout=100, yield_on_timeout=True)
    next(saved)  # from here on nothing that is saved is overlooked, not even what is saved during a check
    is_first = True
    while True:
        sound = [name for name in names if check_one(c, name, sandbox, known, shows_reader=True)]
        if is_first:
            c.screen.say(say("Watching. Save a file to check again; Ctrl-C ends."))
        is_first = False
        is_stale = _now_and_then(lambda: bool(next(saved)))
        for name in sound:
            check_mutants(c, name, sandbox, known, is_stale)
        if not is_stale():
            next(found for found in saved if found)


def _now_and_then(question: Callable[[], bool]) -> Callable[[], bool]:
    """The same question, asked so often only that it costs nothing; once it was true it stays true."""
    asked, answer = time.monotonic(), False

    def ask() -> bool:
        nonlocal asked, answer
        if not answer and time.monotonic() - asked >= LOOKS_AGAIN:
            asked, answer = time.monotonic(), question()
        return answer

    return ask


def check_one(c: Context, name: str, sandbox: str, known: Known, *, shows_reader: bool = False) -> bool:
    """Solution, starter, do-nothing and mistakes of one exercise; whether all hold."""
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


def check_mutants(
    c: Context, name: str, sandbox: str, known: Known, is_stale: Callable[[], bool] = lambda: False
) -> bool:
    """Mutants of a solution that was proved; False where an entry of `equivalent:` is wrong. A survivor is a warning.

    Ends early when `is_stale`.
    """
    home = c.workspace.settings.home
    proofs: list[Proof] = []
    try:
        version = Version.of(c.workspace.course, name)
        with closing(prove_all(version, sandbox, known, home=home)) as all_known:
            if not is_explored(next(iter(all_known))):
                return True
        with closing(prove_mutants(version, sandbox, known, home=home)) as found:
            for proof in found:
                proofs.append(proof)
                if is_stale():
                    return True
    except InfrastructureError:
        raise
    except GraderError:
        return True  # saved since, and wrong: the next round says how
    if c.screen.is_json:
        for proof in proofs:
            c.screen.json(mutant_json(name, proof, proofs))
    elif proofs:
        show_mutants(c, proofs)
    return all(proof.holds for proof in proofs)
