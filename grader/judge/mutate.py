"""Small faults put into a correct program: a lock that is not taken, a join that is not waited for.

`grader check` measures with them whether an exercise's tests notice; a spot check asks a student about one of them in the
student's own file. Pure text to text: nothing is run, no line is added or removed, so line numbers stay those of the original.
"""

from __future__ import annotations

import ast
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from grader.judge.edits import apply, lines_of
from grader.judge.mutations import Kind, faults
from grader.language import Message, say

if TYPE_CHECKING:
    from grader.judge.mutations import Fault

__all__ = ["QUESTIONS", "VERBS", "Kind", "Mutant", "mutants", "plain"]

VERBS: dict[Kind, str] = {kind: kind.value.partition("_")[0] for kind in Kind} | {
    Kind.WHILE_TO_IF: "replace",
    Kind.NOTIFY_ONE: "replace",
    Kind.CHANGE_BOUND: "replace",
    Kind.PLAIN_LOCK: "replace",
}

QUESTIONS: dict[Kind, Message] = {
    Kind.DROP_LOCK: say("Suppose line {line} did not take the lock (`{code}`). What can happen then?"),
    Kind.SWAP_LOCKS: say(
        "Suppose the two locks were taken the other way round, from line {line} on (`{code}`). What can happen then?"
    ),
    Kind.SHRINK_LOCK: say("Suppose line {line} stood outside the lock (`{code}`). What can happen then?"),
    Kind.PLAIN_LOCK: say("Suppose it were a plain Lock in line {line}, no RLock (`{code}`). What can happen then?"),
    Kind.DROP_RETEST: say("Suppose line {line} did not test the condition again (`{code}`). What can happen then?"),
    Kind.DROP_JOIN: say("Suppose nobody waited in line {line} (`{code}`). What can happen then?"),
    Kind.DROP_WAIT: say("Suppose line {line} did not wait (`{code}`). What can happen then?"),
    Kind.DROP_NOTIFY: say("Suppose line {line} woke nobody (`{code}`). What can happen then?"),
    Kind.DROP_TASK_DONE: say("Suppose line {line} did not report the work as done (`{code}`). What can happen then?"),
    Kind.DROP_SENTINEL: say("Suppose line {line} did not send the end mark (`{code}`). What can happen then?"),
    Kind.WHILE_TO_IF: say(
        "Suppose line {line} tested the condition only once, with `if` (`{code}`). What can happen then?"
    ),
    Kind.DROP_DAEMON: say("Suppose it were no daemon in line {line} (`{code}`). What can happen then?"),
    Kind.NOTIFY_ONE: say("Suppose line {line} woke only one task (`{code}`). What can happen then?"),
    Kind.CHANGE_BOUND: say("Suppose the number in line {line} were off by one (`{code}`). What can happen then?"),
}


@dataclass(frozen=True, slots=True)
class Mutant:
    """One fault. `line` counts from 1 in the original; `source` is the whole changed file.

    `code` is what the fault is about, as `equivalent:` writes it; `inside` the function or class it stands in, dotted, "" for
    the module; `nth` tells apart, from 1, what has kind of change, code and `inside` in common.
    """

    line: int
    kind: Kind
    source: str
    question: Message
    code: str
    inside: str = ""
    nth: int = 1

    @property
    def verb(self) -> str:
        """drop, swap, shrink or replace: the key of `equivalent:`."""
        return VERBS[self.kind]


def mutants(source: str) -> tuple[Mutant, ...]:
    """Every fault that can be put into `source`, in the order of lines, none twice; () where it is not Python."""
    try:
        tree = ast.parse(source)
        candidates = sorted(faults(tree, lines_of(source)), key=_order)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ()
    found: dict[str, Mutant] = {}
    seen: Counter[tuple[str, str, str]] = Counter()
    for fault in candidates:
        changed = apply(source, fault.edits)
        if changed == source or changed in found or not _parses(changed):
            continue
        same = (VERBS[fault.kind], plain(fault.code), fault.inside)
        seen[same] += 1
        question = Message(QUESTIONS[fault.kind].text, {"line": fault.line, "code": fault.asked or fault.code})
        found[changed] = Mutant(fault.line, fault.kind, changed, question, fault.code, fault.inside, seen[same])
    return tuple(found.values())


def plain(code: str) -> str:
    """Code as it is compared: spaces and the kind of quotes say nothing."""
    return "".join(code.split()).replace('"', "'")


def _order(fault: Fault) -> tuple[int, int, str, str]:
    return fault.line, fault.edits[0].start, fault.kind, fault.code


def _parses(source: str) -> bool:
    try:
        ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True
