"""The one table of verdicts: who acts, and one sentence in each language. `docs/verdicts.md` is made from it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from grader.language import say

if TYPE_CHECKING:
    from grader.language import Message


class Actor(StrEnum):
    NOBODY = "nobody"
    STUDENT = "student"
    TA = "TA"
    INSTRUCTOR = "instructor"
    OPERATOR = "operator"


class Verdict(StrEnum):
    PASS = "pass"  # noqa: S105 - a verdict
    FAIL = "fail"
    ERROR = "error"
    DEADLOCK = "deadlock"
    RACE = "race"
    TIMING = "timing"
    HANG = "hang"
    ENDLESS = "endless"
    NEEDS_INPUT = "needs_input"
    NEEDS_PEER = "needs_peer"
    NO_CONCURRENCY = "no_concurrency"
    TOO_BIG = "too_big"
    TIMEOUT = "timeout"
    MEMORY = "memory"
    OUTPUT = "output"
    LIMIT = "limit"
    CRASHED = "crashed"
    MISSING = "missing"
    NOT_RUN = "not_run"
    UNSUPPORTED = "unsupported"
    REVIEW = "review"
    PENDING = "pending"
    INFRA = "infra"


@dataclass(frozen=True, slots=True)
class Meaning:
    """Who acts, what it means to the student, and whether it is final (a zero) or still open."""

    actor: Actor
    sentence: Message
    is_final: bool = True


MEANINGS: dict[Verdict, Meaning] = {
    Verdict.PASS: Meaning(Actor.NOBODY, say("Everything this check asks for was shown.")),
    Verdict.FAIL: Meaning(Actor.STUDENT, say("The result is not what the task asks for.")),
    Verdict.ERROR: Meaning(Actor.STUDENT, say("Your code ended in an exception.")),
    Verdict.DEADLOCK: Meaning(Actor.STUDENT, say("Tasks wait for each other in a circle; none can go on.")),
    Verdict.RACE: Meaning(Actor.STUDENT, say("Two tasks use the same data without any order between them.")),
    Verdict.TIMING: Meaning(Actor.STUDENT, say("It only works while no sleep or timeout takes longer than planned.")),
    Verdict.HANG: Meaning(Actor.STUDENT, say("A task waits for something that nobody left can do.")),
    Verdict.ENDLESS: Meaning(Actor.STUDENT, say("The program goes on for ever.")),
    Verdict.NEEDS_INPUT: Meaning(Actor.STUDENT, say("The program waits for keyboard input.")),
    Verdict.NEEDS_PEER: Meaning(Actor.STUDENT, say("The program waits for somebody to connect.")),
    Verdict.NO_CONCURRENCY: Meaning(Actor.STUDENT, say("No second task was ever started.")),
    Verdict.TOO_BIG: Meaning(
        Actor.INSTRUCTOR, say("The program is too big to be judged; this is not a zero."), is_final=False
    ),
    Verdict.TIMEOUT: Meaning(Actor.STUDENT, say("The program did not come to an end in time.")),
    Verdict.MEMORY: Meaning(Actor.STUDENT, say("The program used more memory than allowed.")),
    Verdict.OUTPUT: Meaning(Actor.STUDENT, say("The program printed more than allowed.")),
    Verdict.LIMIT: Meaning(Actor.STUDENT, say("The program used more processes, files or disk than allowed.")),
    Verdict.CRASHED: Meaning(Actor.STUDENT, say("The process ended without giving an answer.")),
    Verdict.MISSING: Meaning(Actor.STUDENT, say("There is nothing to grade here yet.")),
    Verdict.NOT_RUN: Meaning(Actor.STUDENT, say("This check waits for another one that did not pass.")),
    Verdict.UNSUPPORTED: Meaning(
        Actor.INSTRUCTOR, say("This could not be judged; this is not a zero."), is_final=False
    ),
    Verdict.REVIEW: Meaning(Actor.TA, say("A teaching assistant looks at this before it counts."), is_final=False),
    Verdict.PENDING: Meaning(Actor.TA, say("A teaching assistant marks this by hand."), is_final=False),
    Verdict.INFRA: Meaning(Actor.OPERATOR, say("The grader failed, not you; it will be tried again."), is_final=False),
}
