"""Lateness: one pure function, across clock changes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.course.course import LatePolicy
from grader.course.lateness import Arrival, Late, allocate, deduction, late_sum, lateness, later, plain

HELSINKI, SHANGHAI, APIA = ZoneInfo("Europe/Helsinki"), ZoneInfo("Asia/Shanghai"), ZoneInfo("Pacific/Apia")
POLICY = LatePolicy(timedelta(minutes=10), Decimal("0.1"), Decimal("0.5"), 3, timedelta(days=7))
STRICT = LatePolicy(per_day=Decimal("0.1"))
DUE = datetime(2026, 12, 1, 23, 59, tzinfo=SHANGHAI)


def at(text: str, zone: ZoneInfo = SHANGHAI) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def late(received: datetime, *, policy: LatePolicy = POLICY, due: datetime | None = DUE, zone: ZoneInfo = SHANGHAI,
         extension: datetime | None = None, is_proven: bool = True, slip_left: int = 0) -> Late:  # fmt: skip
    return lateness(Arrival("demo", received, due, extension, is_proven), policy, zone, slip_left=slip_left)


@pytest.mark.parametrize(
    ("received", "state", "minutes", "days"),
    [
        ("2026-12-01 23:58:59", "on_time", 0, 0),
        ("2026-12-01 23:59:00", "on_time", 0, 0),
        ("2026-12-01 23:59:59", "on_time", 0, 0),
        ("2026-12-01 23:59:59.999999", "on_time", 0, 0),
        ("2026-12-02 00:00:00", "late", 1, 1),
        ("2026-12-02 23:59:59", "late", 1440, 1),
        ("2026-12-03 00:00:00", "late", 1441, 2),
    ],
)
def test_the_due_minute_holds_to_its_end(received: str, state: str, minutes: int, days: int) -> None:
    """Fault 16: 23:59 holds through 23:59:59; a started day counts whole, and ends as the due minute does."""
    found = late(at(received), policy=STRICT)
    assert (found.state, found.minutes, found.days) == (state, minutes, days)


def test_grace_comes_first_and_then_whole_days() -> None:
    """Ten minutes are free; the first day begins after them and lasts a day."""
    assert late(at("2026-12-02 00:09:59")) == Late("on_time", 10)
    assert late(at("2026-12-02 00:10:00")) == Late("late", 11, 1, Decimal("0.1"))
    assert late(at("2026-12-03 00:09:59")).days == 1
    assert late(at("2026-12-03 00:10:00")).days == 2


def test_an_extension_over_a_clock_change_ends_at_the_same_hour() -> None:
    """Fault 13: Wednesday 18:00 in Helsinki plus seven days over late October is still 18:00."""
    due = at("2026-10-21 18:00", HELSINKI)
    extended = later(due, timedelta(days=7), HELSINKI)
    assert str(extended) == "2026-10-28 18:00:00+02:00"
    for received, state in (("2026-10-28 18:00:59", "extended"), ("2026-10-28 18:01:00", "late")):
        found = late(at(received, HELSINKI), due=due, extension=extended, zone=HELSINKI, policy=STRICT)
        assert found.state == state


@pytest.mark.parametrize(
    ("due", "received", "days"),
    [
        ("2026-10-24 18:00", "2026-10-25 18:00:59", 1),  # 25 hours later
        ("2026-10-24 18:00", "2026-10-25 18:01", 2),
        ("2026-03-28 18:00", "2026-03-29 18:00:59", 1),  # 23 hours later
        ("2026-03-28 18:00", "2026-03-29 18:01", 2),
        ("2026-03-28 03:30", "2026-03-29 04:30:59", 1),  # 03:30 is skipped: the day ends at the later reading
        ("2026-03-28 03:30", "2026-03-29 04:31", 2),
    ],
)
def test_days_are_days_on_the_clocks_of_the_course(due: str, received: str, days: int) -> None:
    """A day ends when clocks show the due time again, though it had 23 or 25 hours."""
    assert late(at(received, HELSINKI), due=at(due, HELSINKI), policy=STRICT, zone=HELSINKI).days == days


def test_a_due_time_that_clocks_show_twice_is_the_later_one() -> None:
    """The student gets the hour, not the course."""
    due = at("2026-10-25 03:30", HELSINKI).replace(fold=1)
    first_time = at("2026-10-25 03:45", HELSINKI).replace(fold=0)
    assert late(first_time, due=due, zone=HELSINKI, policy=STRICT).state == "on_time"
    assert late(first_time.replace(fold=1), due=due, zone=HELSINKI, policy=STRICT).minutes == 15


def test_a_day_that_a_country_skipped_counts_for_nobody_twice() -> None:
    """Apia had no 30 December 2011: a day later by the clocks is the 31st."""
    due = at("2011-12-29 12:00", APIA)
    assert later(due, timedelta(days=2), APIA).day == 31
    assert late(at("2011-12-31 12:00:59", APIA), due=due, policy=STRICT, zone=APIA).days in (1, 2)


def test_the_penalty_stops_at_its_cap() -> None:
    """Half at most, whatever the days."""
    policy = LatePolicy(per_day=Decimal("0.1"), at_most=Decimal("0.5"))
    assert [late(DUE + timedelta(days=n, minutes=1), policy=policy).penalty for n in (0, 3, 4, 5, 99)] == [
        Decimal(text) for text in ("0.1", "0.4", "0.5", "0.5", "0.5")
    ]


def test_a_due_date_moved_later_takes_the_penalty_away() -> None:
    """Fault 14: lateness is derived when read, so two more days make late work on time without a rerun."""
    received = at("2026-12-03 12:00")
    assert late(received).penalty == Decimal("0.2")
    moved = late(received, due=DUE + timedelta(days=2))
    assert (moved.state, moved.penalty) == ("on_time", 0)


def test_an_extension_moves_everything_and_never_shortens() -> None:
    """Days, grace and closing count from it; one before the due time changes nothing."""
    extension = at("2026-12-05 12:00")
    assert late(at("2026-12-01 12:00"), extension=extension).state == "on_time"
    assert late(at("2026-12-05 12:05"), extension=extension) == Late("extended", 5)
    assert late(at("2026-12-05 12:30"), extension=extension).days == 1
    assert late(at("2026-12-12 12:00"), extension=extension).state == "late"
    assert late(at("2026-12-12 12:01"), extension=extension).state == "closed"
    assert late(at("2026-12-01 23:00"), extension=at("2026-11-01 12:00")).state == "on_time"


def test_after_closing_nothing_counts() -> None:
    """Closed work loses all, and no slip day is spent on it."""
    assert late(at("2026-12-08 23:59:59"), slip_left=3).state == "late"
    closed = late(at("2026-12-09 00:00"), slip_left=3)
    assert (closed.state, closed.penalty, closed.slip_days) == ("closed", 1, 0)


def test_work_first_seen_by_a_batch_without_a_pin_is_unknown() -> None:
    """Nobody knows when it came: no penalty, no slip day; seen before the due time it is on time."""
    assert late(at("2026-12-02 00:10"), is_proven=False, slip_left=3) == Late("unknown")
    assert late(at("2026-12-30 00:10"), is_proven=False) == Late("unknown")
    assert late(at("2026-12-01 12:00"), is_proven=False).state == "on_time"


def test_without_a_due_time_nothing_is_late() -> None:
    """An exercise that is not scheduled takes work for ever."""
    assert late(at("2030-01-01 00:00"), due=None) == Late()


def test_slip_days_go_to_the_earliest_due_date_first() -> None:
    """Three slip days: two for the first exercise, one of two for the second, none for the third."""
    arrivals = [
        Arrival("c", at("2026-12-12 00:00"), at("2026-12-11 12:00")),
        Arrival("z", at("2026-12-03 00:00"), at("2026-12-01 12:00")),
        Arrival("b", at("2026-12-07 00:00"), at("2026-12-05 12:00")),
    ]
    found = allocate(arrivals, POLICY, SHANGHAI)
    assert {name: (each.days, each.slip_days, each.penalty) for name, each in found.items()} == {
        "z": (2, 2, Decimal(0)),
        "b": (2, 1, Decimal("0.1")),
        "c": (1, 0, Decimal("0.1")),
    }


def test_slip_days_are_not_spent_where_lateness_is_free() -> None:
    """Without a price nothing is paid."""
    assert late(at("2026-12-03 00:00"), policy=LatePolicy(), slip_left=3).slip_days == 0


@pytest.mark.parametrize(
    ("found", "zh", "en"),
    [
        (Late("late", 2000, 2, Decimal("0.10"), 1), "迟交 2 天(不足一天算一天),抵用缓交日 1 天,扣 8 的 10% = 0.8",
         "started days 2, slip days 1, penalty 10% of 8 = 0.8"),
        (Late(), "按时", "on time"),
        (Late("on_time", 7), "按时(用了 7 分钟宽限)", "on time, 7 minutes of grace used"),
        (Late("extended"), "在延期之内,不扣分", "within the extension, no penalty"),
        (Late("unknown"), "截止之后才第一次看到,助教决定之前不扣分",
         "first seen after the due time, no penalty until a teaching assistant decides"),
        (Late("closed", 9, 9, Decimal(1)), "关闭之后才交,计 0 分", "handed in after closing, counts 0"),
    ],
)  # fmt: skip
def test_lateness_is_shown_as_a_sum(found: Late, zh: str, en: str) -> None:
    """Days, slip days and the share of the raw score, in both languages, no float in sight."""
    assert late_sum(found, Decimal("8.00")).both() == {"zh": zh, "en": en}


def test_deductions_are_exact_and_never_a_gift() -> None:
    """Fault 17: shares of a tenth are exact; a raw score below zero loses nothing."""
    assert deduction(Late("late", 1, 1, Decimal("0.3")), Decimal("0.7")) == Decimal("0.21")
    assert deduction(Late("late", 1, 1, Decimal("0.3")), Decimal(-2)) == 0
    assert [plain(Decimal(text)) for text in ("0.80", "1E+1", "-0", "10", "0.000", "2.50")] == [
        "0.8",
        "10",
        "0",
        "10",
        "0",
        "2.5",
    ]


zones = st.sampled_from(
    [HELSINKI, SHANGHAI, APIA, ZoneInfo("America/New_York"), ZoneInfo("Australia/Lord_Howe"), ZoneInfo("UTC")]
)
moments = st.integers(0, 6500 * 1440).map(lambda n: datetime(2010, 1, 1, tzinfo=UTC) + timedelta(minutes=n))
shares = st.integers(0, 100).map(lambda n: Decimal(n) / 100)
policies = st.builds(
    LatePolicy,
    grace=st.integers(0, 3000).map(lambda n: timedelta(minutes=n)),
    per_day=shares,
    at_most=shares,
    slip_days=st.integers(0, 5),
    closes_after=st.none() | st.integers(0, 400).map(lambda n: timedelta(hours=n)),
)
lags = st.timedeltas(timedelta(days=-3), timedelta(days=20))


@given(moments, lags, policies, zones, st.integers(0, 5))
@settings(max_examples=300, deadline=None)
def test_lateness_is_sane_everywhere(
    due: datetime, lag: timedelta, policy: LatePolicy, zone: ZoneInfo, slip: int
) -> None:
    """In every zone and policy: states exclude each other, shares stay in range, slip days pay for days."""
    found = lateness(Arrival("x", due + lag, due), policy, zone, slip_left=slip)
    assert (found.minutes > 0) == (lag >= timedelta(minutes=1))
    assert 0 <= found.slip_days <= min(slip, found.days)
    if found.state == "on_time":
        assert (found.days, found.penalty, found.slip_days) == (0, 0, 0)
    if found.state == "late":
        assert found.days >= 1
        assert found.penalty == min(policy.per_day * (found.days - found.slip_days), policy.at_most)
        beyond = due + lag - later(due, policy.grace, zone).astimezone(UTC)
        assert (
            timedelta(days=found.days - 2) < beyond < timedelta(days=found.days + 2)
        )  # clocks move by hours, once by a day
    if found.state == "closed":
        assert found.penalty == 1


@given(moments, lags, lags, policies, zones)
@settings(max_examples=300, deadline=None)
def test_coming_earlier_never_costs_more(
    due: datetime, one: timedelta, other: timedelta, policy: LatePolicy, zone: ZoneInfo
) -> None:
    """Penalty and days grow with the time of receipt, across every clock change."""
    early, later_one = (lateness(Arrival("x", due + lag, due), policy, zone) for lag in sorted((one, other)))
    assert early.penalty <= later_one.penalty or later_one.state == "on_time"
    assert early.days <= later_one.days


@given(moments, lags, st.integers(0, 10), policies, zones)
@settings(max_examples=200, deadline=None)
def test_more_time_never_costs_more(
    due: datetime, lag: timedelta, days: int, policy: LatePolicy, zone: ZoneInfo
) -> None:
    """An extension by calendar days can only help."""
    received = due + lag
    without = lateness(Arrival("x", received, due), policy, zone)
    with_it = lateness(Arrival("x", received, due, later(due, timedelta(days=days), zone)), policy, zone)
    assert with_it.penalty <= without.penalty
    assert with_it.minutes <= without.minutes


@given(moments, st.integers(0, 30), zones)
@settings(max_examples=300, deadline=None)
def test_calendar_days_keep_the_time_of_day(due: datetime, days: int, zone: ZoneInfo) -> None:
    """Local time plus days shows the same clock, unless clocks skip it: then it is later by what they skip."""
    local, moved = due.astimezone(zone), later(due, timedelta(days=days), zone)
    wanted = local.replace(tzinfo=None, fold=0) + timedelta(days=days)
    shown = moved.replace(tzinfo=None, fold=0)
    assert shown == wanted or shown - wanted in (timedelta(minutes=30), timedelta(hours=1), timedelta(days=1))
    assert moved.astimezone(UTC) >= due or days == 0


@given(st.lists(st.tuples(st.integers(0, 3), moments, lags), max_size=6), policies, zones)
@settings(max_examples=150, deadline=None)
def test_slip_days_are_never_overspent_or_order_dependent(
    work: list[tuple[int, datetime, timedelta]], policy: LatePolicy, zone: ZoneInfo
) -> None:
    """However facts arrive, the sum of slip days stays within the policy and the result is the same."""
    arrivals = [Arrival(f"{n}-{name}", due + lag, due) for n, (name, due, lag) in enumerate(work)]
    found = allocate(arrivals, policy, zone)
    assert sum(each.slip_days for each in found.values()) <= policy.slip_days
    assert allocate(reversed(arrivals), policy, zone) == found
