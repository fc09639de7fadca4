"""From facts to lateness: the rules are `grader.course.lateness`'s; here is only which facts they are given."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from grader.course.lateness import Arrival, Late

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime
    from zoneinfo import ZoneInfo

    from grader.store.records import Attempted, Extension, Facts

NOT_LATE = Late()


def due_for(due: datetime | None, extension: Extension | None) -> datetime | None:
    """The due time of one student: the later of the class's and the own one. It holds through the end of its minute."""
    if due is None or extension is None:
        return due
    return max(due, extension.until)


def arrival(attempt: Attempted, facts: Facts, assignment: str, due: datetime | None) -> Arrival:
    """When this attempt came, as far as anybody can know.

    Submitting is proof of when; so is a look at the repository at the due time or later that did not show the work yet.
    Otherwise a batch that finds it after the due time proves nothing, and a person's decision settles it.
    """
    received = attempt.received
    limit = due_for(due, facts.extension)
    decision = next((d for d in facts.decisions if d.kind == "lateness" and d.attempt == attempt.number), None)
    at, is_proven = received.at, True
    if limit is not None and decision is not None:
        at = limit if decision.value == "on_time" else decision.moment or received.at
    elif limit is not None:
        is_proven = received.how == "submit" or (received.seen_before is not None and received.seen_before >= limit)
    return Arrival(
        assignment=assignment,
        received_at=at,
        due=due,
        extension=facts.extension.until if facts.extension else None,
        is_proven=is_proven,
    )


def beyond_cap(received: Mapping[int, datetime], per_day: int, zone: ZoneInfo) -> frozenset[int]:
    """Numbers of the attempts beyond the cap of their local day, in the order they were received."""
    days: Counter[date] = Counter()
    over = set()
    for number, at in sorted(received.items(), key=lambda item: (item[1], item[0])):
        day = at.astimezone(zone).date()
        days[day] += 1
        if days[day] > per_day:
            over.add(number)
    return frozenset(over)
