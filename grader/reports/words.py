"""What a verdict is called, its sign where colour is missing, and what its reader does next."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from grader.judge.verdicts import MEANINGS, Actor, Verdict
from grader.language import say

if TYPE_CHECKING:
    from grader.language import Message

State = Literal["passed", "partly", "failed", "open"]

LABELS: dict[Verdict, Message] = {
    Verdict.PASS: say("passed"),
    Verdict.FAIL: say("not as asked"),
    Verdict.ERROR: say("exception"),
    Verdict.DEADLOCK: say("deadlock"),
    Verdict.RACE: say("race"),
    Verdict.TIMING: say("depends on timing"),
    Verdict.HANG: say("waits for ever"),
    Verdict.ENDLESS: say("never ends"),
    Verdict.NEEDS_INPUT: say("waits for input"),
    Verdict.NEEDS_PEER: say("waits for a connection"),
    Verdict.NO_CONCURRENCY: say("nothing concurrent"),
    Verdict.TOO_BIG: say("too big to judge"),
    Verdict.TIMEOUT: say("time limit"),
    Verdict.MEMORY: say("memory limit"),
    Verdict.OUTPUT: say("output limit"),
    Verdict.LIMIT: say("resource limit"),
    Verdict.CRASHED: say("no answer"),
    Verdict.MISSING: say("nothing there"),
    Verdict.NOT_RUN: say("not run"),
    Verdict.UNSUPPORTED: say("could not be judged"),
    Verdict.REVIEW: say("being reviewed"),
    Verdict.PENDING: say("to be marked"),
    Verdict.INFRA: say("grader failed"),
}

NEXT: dict[Verdict, Message] = {
    Verdict.PASS: say("Nothing to do."),
    Verdict.FAIL: say("Compare what came out with what the task asks for, mend it and push again."),
    Verdict.ERROR: say("Start at the last line of your own in the traceback, mend it and push again."),
    Verdict.DEADLOCK: say("Take the locks in the same order everywhere, or hold only one at a time."),
    Verdict.RACE: say("Hold one lock around everything that reads and then writes the shared data."),
    Verdict.TIMING: say("Do not use sleep to bring things in order; wait with join, a queue or an event."),
    Verdict.HANG: say(
        "Look at what the task waits for, and make sure that somebody always does it: end mark, task_done, release, set."
    ),
    Verdict.ENDLESS: say("Give every loop a way out: an end mark, a counter or an event."),
    Verdict.NEEDS_INPUT: say("Take out input(); the values come as arguments."),
    Verdict.NEEDS_PEER: say("Do not start the server when the file is imported; the function is called with a socket."),
    Verdict.NO_CONCURRENCY: say(
        "Start the threads or processes the task asks for: start(), not run(), and target=f without brackets."
    ),
    Verdict.TOO_BIG: say("You need do nothing; your teacher has been told. Fewer tasks and shorter loops help."),
    Verdict.TIMEOUT: say("Look for a loop that does not end or work that is done again and again, and push again."),
    Verdict.MEMORY: say("Look for a list or queue that only grows, and push again."),
    Verdict.OUTPUT: say("Look for a print in a loop that does not end, and push again."),
    Verdict.LIMIT: say("Start fewer processes or threads, close files, write less, and push again."),
    Verdict.CRASHED: say("Take out os._exit and whatever kills the process, and push again."),
    Verdict.MISSING: say("Push the file under the name the task asks for, with the functions it names."),
    Verdict.NOT_RUN: say("Mend the check it waits for first."),
    Verdict.UNSUPPORTED: say("You need do nothing; your teacher has been told."),
    Verdict.REVIEW: say("You need do nothing; a teaching assistant looks at it."),
    Verdict.PENDING: say("You need do nothing; a teaching assistant marks it."),
    Verdict.INFRA: say("You need do nothing; it will be tried again."),
}

ACTORS: dict[Actor, Message] = {
    Actor.NOBODY: say("nobody"),
    Actor.STUDENT: say("you"),
    Actor.TA: say("a teaching assistant"),
    Actor.INSTRUCTOR: say("your teacher"),
    Actor.OPERATOR: say("whoever runs the grader"),
}

SIGNS: dict[State, str] = {"passed": "✓", "partly": "◐", "failed": "✗", "open": "…"}

# Which failure to mend first: what keeps everything else from running comes before what is merely wrong.
ORDER: tuple[Verdict, ...] = (
    Verdict.MISSING,
    Verdict.ERROR,
    Verdict.CRASHED,
    Verdict.NEEDS_INPUT,
    Verdict.NEEDS_PEER,
    Verdict.ENDLESS,
    Verdict.TIMEOUT,
    Verdict.MEMORY,
    Verdict.OUTPUT,
    Verdict.LIMIT,
    Verdict.HANG,
    Verdict.DEADLOCK,
    Verdict.RACE,
    Verdict.TIMING,
    Verdict.NO_CONCURRENCY,
    Verdict.FAIL,
    Verdict.NOT_RUN,
    Verdict.PASS,
    Verdict.REVIEW,
    Verdict.PENDING,
    Verdict.UNSUPPORTED,
    Verdict.TOO_BIG,
    Verdict.INFRA,
)


def is_open(verdict: Verdict) -> bool:
    """Not final: somebody other than the student acts first."""
    return not MEANINGS[verdict].is_final
