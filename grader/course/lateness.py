"""How late a piece of work is, and what that costs: one pure function of facts and policy, derived whenever a grade is read.

Minutes: a due time of 23:59 holds through 23:59:59, so work is late from the first whole minute after it. Grace, where its
length is not whole days, is elapsed time. Days are wall-clock days in the course's zone: a day ends when clocks there show
the due time again, whatever they did in between; a time that clocks skip or show twice is read as the later moment.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from grader.course.values import latest
from grader.language import say

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from zoneinfo import ZoneInfo

    from grader.course.course import LatePolicy
    from grader.language import Message

State = Literal["on_time", "late", "extended", "unknown", "closed"]
_MINUTE = timedelta(minutes=1)
_DAY = timedelta(days=1)
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Late:
    """`minutes` after the due time (or the extension, if later), started `days` after grace, and the share lost.

    `slip_days` are the days paid for with slip days; `penalty` is a share of the raw score, 1 when closed.
    """

    state: State = "on_time"
    minutes: int = 0
    days: int = 0
    penalty: Decimal = ZERO
    slip_days: int = 0


@dataclass(frozen=True, slots=True)
class Arrival:
    """One piece of work: when it came, when it was due, and until when this student's time was extended.

    `is_proven` is false for work first seen by a batch after the due time without a pin made at that time: nobody knows when
    it came. A TA's decision about it is a receipt of its own, proven, at the time decided.
    """

    assignment: str
    received_at: datetime
    due: datetime | None
    extension: datetime | None = None
    is_proven: bool = True


def lateness(arrival: Arrival, policy: LatePolicy, zone: ZoneInfo, *, slip_left: int = 0) -> Late:
    """How late `arrival` is. All times aware. `slip_left` slip days may be spent on it."""
    if arrival.due is None:
        return Late()
    # in UTC, for datetimes of one zone compare by their clocks alone; an extension never shortens
    due = max(moment.astimezone(UTC) for moment in (arrival.due, arrival.extension) if moment is not None)
    was_extended = due > arrival.due.astimezone(UTC) and _minutes(arrival.received_at, arrival.due) > 0
    minutes = max(0, _minutes(arrival.received_at, due))
    free = later(due, policy.grace, zone)
    if _minutes(arrival.received_at, free) <= 0:
        return Late("extended" if was_extended else "on_time", minutes)
    if not arrival.is_proven:
        return Late("unknown")
    days = _started_days(arrival.received_at, free, zone)
    if policy.closes_after is not None and _minutes(arrival.received_at, later(due, policy.closes_after, zone)) > 0:
        return Late("closed", minutes, days, Decimal(1))
    slips = min(days, slip_left) if policy.per_day else 0
    penalty = min(policy.per_day * (days - slips), policy.at_most)
    return Late("late", minutes, days, penalty, slips)


def allocate(arrivals: Iterable[Arrival], policy: LatePolicy, zone: ZoneInfo) -> Mapping[str, Late]:
    """Lateness of all work of one student, by exercise; slip days go first, to the earliest due date first."""
    left, result = policy.slip_days, {}
    never = datetime.max.replace(tzinfo=UTC)
    for arrival in sorted(arrivals, key=lambda each: ((each.due or never).astimezone(UTC), each.assignment)):
        late = lateness(arrival, policy, zone, slip_left=left)
        left -= late.slip_days
        result[arrival.assignment] = late
    return result


def later(moment: datetime, length: timedelta, zone: ZoneInfo) -> datetime:
    """`moment` plus `length`: whole days are calendar days on the clocks of `zone`, anything else is elapsed time."""
    if length % _DAY:
        return moment.astimezone(UTC) + length
    local = moment.astimezone(zone)
    return latest(local.replace(tzinfo=None) + length, zone) if length else local


def _minutes(received: datetime, due: datetime) -> int:
    """Whole minutes from `due` to `received`: 0 all through the due minute."""
    return (received.astimezone(UTC) - due.astimezone(UTC)) // _MINUTE


def _started_days(received: datetime, free: datetime, zone: ZoneInfo) -> int:
    """The smallest number of calendar days that, added to `free`, is not before `received`; at least 1."""
    elapsed = (received.astimezone(UTC) - free.astimezone(UTC)) // _DAY
    for days in itertools.count(max(1, elapsed - 1)):  # clocks never move by more than a day at once
        if _minutes(received, later(free, days * _DAY, zone)) <= 0:
            return days
    raise AssertionError


def deduction(late: Late, raw: Decimal) -> Decimal:
    """Points lost: a share of the raw score, exact; nothing can be lost from nothing."""
    return late.penalty * max(raw, ZERO)


def late_sum(late: Late, raw: Decimal) -> Message:
    """The deduction as a sum a person can follow: "started days 2, slip days 1, penalty 10% of 8 = 0.8"."""
    if late.state == "extended":
        return say("within the extension, no penalty")
    if late.state == "unknown":
        return say("first seen after the due time, no penalty until a teaching assistant decides")
    if late.state == "closed":
        return say("handed in after closing, counts 0")
    if late.state == "on_time":
        return (
            say("on time")
            if not late.minutes
            else say("on time, {minutes} minutes of grace used", minutes=late.minutes)
        )
    return say(
        "started days {days}, slip days {slip_days}, penalty {percent}% of {raw} = {lost}",
        days=late.days,
        slip_days=late.slip_days,
        percent=plain(late.penalty * 100),
        raw=plain(max(raw, ZERO)),
        lost=plain(deduction(late, raw)),
    )


def plain(number: Decimal) -> str:
    """A decimal without exponent and without zeros that say nothing: 0.80 is 0.8, 1E+1 is 10."""
    text = f"{number:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text
