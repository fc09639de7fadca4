"""What a reader must know about how a grade came to be: which attempt counts and why, what is old, unproved, unsafe or unsettled."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.language import say
from grader.store.records import Stored

if TYPE_CHECKING:
    from grader.course.lateness import Late
    from grader.language import Message
    from grader.store.grade import Counting, Rules
    from grader.store.records import Attempted, Facts


def notices(facts: Facts, rules: Rules, counting: Counting, late: Late, *, is_proved: bool) -> list[Message]:
    """What a reader must know about how this grade came to be."""
    chosen = counting.chosen
    found: list[Message] = []
    if not chosen:
        return []
    graded = chosen.last
    found.extend(Stored.of(notice) for notice in chosen.notices)
    if rules.execution and rules.execution(graded.grading.python) != graded.grading.execution:
        found.append(say("Graded with an older version of the exercise; a regrade would use today's."))
    if not is_proved:
        found.append(say("The tests of this version have not been proved by `grader publish`."))
    if "unsafe" in graded.grading.sandbox:
        found.append(say("Graded without a sandbox ({sandbox}); not for real grades.", sandbox=graded.grading.sandbox))
    if len(facts.attempts) > 1:
        why = say("the best one") if rules.counts == "best" else say("the latest one graded")
        found.append(
            say(
                "Attempt {n} of {all} counts: {why}.",
                n=chosen.number,
                all=max(a.number for a in facts.attempts),
                why=why,
            )
        )
    latest = max(facts.attempts, key=lambda a: a.pin)
    if latest is not chosen and rules.counts == "latest":
        found.append(_why_not(latest, counting))
    if chosen.failures and max(f.at for f in chosen.failures) > graded.at:
        found.append(say("A later run failed for a reason that is ours; this earlier grading stands."))
    if facts.looked:
        found.append(
            say(
                "At the last look the work was not there any more, or could not be read: {why}",
                why=Stored.of(facts.looked.message),
            )
        )
    if late.state == "unknown":
        found.append(
            say(
                "First seen after the due time, by a batch; nobody looked at the due time. The commit date ({date}) is not verified. No penalty until a teaching assistant decides.",
                date=chosen.received.commit_date.astimezone(rules.zone).strftime("%Y-%m-%d %H:%M")
                if chosen.received.commit_date
                else "?",
            )
        )
    if late.state == "closed":
        found.append(say("Handed in after the exercise was closed; it earns nothing."))
    stale = [o for o in facts.overrides if 0 < o.attempt < chosen.number]
    if stale:
        found.append(
            say(
                "Points were set by hand for attempt {old}; attempt {new} counts now.",
                old=stale[-1].attempt,
                new=chosen.number,
            )
        )
    return found


def _why_not(latest: Attempted, counting: Counting) -> Message:
    if latest.number in counting.over_cap:
        return say("Attempt {n} is beyond the day's cap and does not count.", n=latest.number)
    if latest.number in counting.closed:
        return say("Attempt {n} came after the exercise was closed and does not count.", n=latest.number)
    if latest.failures and latest.work != "running":
        return say(
            "Attempt {n} could not be graded for a reason that is ours; it will be tried again.", n=latest.number
        )
    return say("Attempt {n} is newer and not graded yet.", n=latest.number)
