"""The score as a sum."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from report_samples import ACT, ADJUST, COURSE, DEADLOCK, DUE, EN, FEAST, NOON, TALK, grade, open_grade, record

from grader.course.course import LatePolicy
from grader.course.lateness import Late
from grader.judge.verdicts import Verdict
from grader.reports.numbers import clock, exact, percent, points, rounded, signed
from grader.reports.score import bar, state_of, sum_lines
from grader.reports.student import report
from grader.reports.visibility import seen
from grader.store.records import Override

MONEY = st.decimals(min_value=-20, max_value=20, places=4)
SHARE = st.sampled_from([Decimal(0), Decimal("0.1"), Decimal("0.125"), Decimal("0.5"), Decimal(1)])


def value(text: str) -> Decimal:
    return Decimal(text.replace("\N{MINUS SIGN}", "-").lstrip("+"))


@given(st.lists(MONEY, min_size=1, max_size=4), SHARE, MONEY, st.one_of(st.none(), MONEY), st.integers(0, 2))
def test_the_lines_add_up(parts, share, adjustment, total, slip):
    """All lines but the last add up, exactly, to the score, which is the last one rounded once; whatever people added or set."""
    checks = tuple(
        record(c.name, Verdict.FAIL, str(part), str(c.points)) for c, part in zip(DEADLOCK.checks, parts, strict=False)
    )
    raw = sum(parts, Decimal(0))
    penalty = max(raw, Decimal(0)) * share
    before = raw - penalty + adjustment if total is None else total
    score = min(max(before, Decimal(0)), DEADLOCK.max_points)
    overrides = [replace(ADJUST, points=adjustment)] if adjustment else []
    overrides += [Override("set", "", total, 1, 1, ACT)] if total is not None else []
    late = Late("late" if share else "on_time", 700, 1, share, slip)
    given_grade = open_grade(
        checks=checks,
        raw=raw,
        penalty=penalty,
        adjustment=adjustment,
        total=total,
        score=score,
        late=late,
        overrides=tuple(overrides),
    )
    *lines, last = sum_lines(given_grade, seen(given_grade, DEADLOCK, NOON, "student"), "en")
    assert sum((value(line.value) for line in lines), Decimal(0)) == score
    assert value(last.value) == rounded(score)
    assert last.is_result


@pytest.mark.parametrize(
    ("raw", "adjustment", "score", "line"),
    [
        ("10", "6.5", "14", ("Not above 14", "−2.5")),
        ("2", "-5", "0", ("Not below 0", "+3")),
        ("80", "-100", "0", ("Not below 0", "+20")),
    ],
)
def test_the_total_is_clamped_once_and_says_so(raw, adjustment, score, line):
    """Parts may be negative or too many; only the total is cut, in a line of its own, and the maximum stays the exercise's."""
    checks = (record("test_no_schedule_deadlocks", Verdict.PASS, raw, "6"),)
    override = replace(ADJUST, points=Decimal(adjustment))
    given_grade = open_grade(checks=checks, adjustment=Decimal(adjustment), score=Decimal(score), overrides=(override,))
    lines = [(each.label, each.value) for each in report(given_grade, DEADLOCK, COURSE, EN).sum]
    assert lines[-2:] == [line, ("Score", score)]


def test_while_checks_are_hidden_there_is_no_total():
    """The sum shows what is visible, what comes, the penalty as a share, and a question mark."""
    late = grade(late=Late("late", 700, 1, Decimal("0.1"), 0), penalty=Decimal("0.4"))
    lines = [(line.label, line.value) for line in report(late, DEADLOCK, COURSE, EN).sum]
    assert lines == [("Visible checks", "0"), ("Checks shown later", "?"), ("Late", "−10%"), ("Total", "?")]


@pytest.mark.parametrize(
    ("verdict", "earned", "maximum", "state"),
    [
        (Verdict.PASS, "2", "2", "passed"),
        (Verdict.PASS, "0.85", "2", "partly"),
        (Verdict.FAIL, "0.85", "2", "partly"),
        (Verdict.FAIL, "0", "2", "failed"),
        (Verdict.PASS, "0", "0", "passed"),
        (Verdict.PENDING, "0", "2", "open"),
        (Verdict.INFRA, "0", "2", "open"),
        (Verdict.MISSING, "0", "2", "failed"),
    ],
)
def test_verdict_and_points_are_separate(verdict, earned, maximum, state):
    """A pass with part of the points is "in part"; an undecided check is neither passed nor failed; 0 of 5 is not "no score"."""
    assert state_of(record("x", verdict, earned, maximum)) == state


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("0.7000", "0.7"),
        ("0.005", "0.01"),
        ("2.345", "2.35"),
        ("-0.004", "0"),
        ("-1", "−1"),
        ("10.00", "10"),
        ("100", "100"),
        ("1E+2", "100"),
    ],
)
def test_points_are_rounded_once_half_up(number, shown):
    """Two decimals, halves away from zero, no trailing zeros, no exponent."""
    assert points(Decimal(number)) == shown


def test_equal_shares_add_up():
    """Ten checks of 0.1 are 1, and 0.1 + 0.2 + 0.4 is 0.7, in the sum and as a decimal string."""
    assert exact(sum([Decimal("0.1")] * 10, Decimal(0))) == "1"
    assert exact(Decimal("0.1") + Decimal("0.2") + Decimal("0.4")) == "0.7"


def test_small_numbers():
    """Shares, signs and the course's clock read as people write them."""
    assert percent(Decimal("0.125")) == "12.5%"
    assert signed(Decimal("1.50")) == "+1.5"
    assert signed(Decimal("-0.5")) == "−0.5"
    assert clock(NOON, COURSE.timezone) == "2026-12-01 12:00:05 UTC+08:00"


@given(st.lists(st.tuples(st.sampled_from(list(Verdict)), st.decimals(0, 4, places=2)), max_size=4))
def test_the_bar_stays_inside(parts):
    """Its parts follow each other, overlap nowhere and end within the bar."""
    checks = tuple(
        record(c.name, verdict, str(earned), str(c.points))
        for c, (verdict, earned) in zip(DEADLOCK.checks, parts, strict=False)
    )
    segments = bar(seen(grade(checks=checks), DEADLOCK, NOON, "student"))
    end = 0
    for segment in segments:
        assert segment.start == end
        end = segment.start + segment.width
    assert end <= 1000


def test_lateness_in_words():
    """Each state of lateness has its words; nothing is said where nothing was graded."""
    words = {
        "on_time": "on time",
        "extended": "on time, with your extension",
        "unknown": "not known; no penalty until a teaching assistant decides",
        "closed": "9 day(s) late; the exercise was closed",
        "late": "9 day(s) late, −50%, 2 slip day(s) used",
    }
    for state, text in words.items():
        late = Late(state, 700, 9, Decimal("0.5"), 2)
        rows = {row.label: row.value for row in report(open_grade(late=late), DEADLOCK, COURSE, EN).rows}
        assert rows["Lateness"] == text


def test_what_to_do_next_begins_with_what_stops_the_rest():
    """The first step belongs to the failure that keeps others from showing; at most three steps, the last names the due time."""
    broken = record("test_both_are_held", Verdict.MISSING, "0", "2")
    view = report(
        grade(checks=(record("test_no_schedule_deadlocks", Verdict.FAIL, "0", "6"), broken, TALK, FEAST)),
        DEADLOCK,
        COURSE,
        EN,
    )
    assert view.failed[0].verdict is Verdict.MISSING
    assert view.headline.startswith("0 of 3 checks passed. Mend first: Both in hand while eating.")
    assert len(view.next) == 3
    assert view.next[-1] == "Due 2026-12-01 23:59; push as often as you like until then."


@pytest.mark.parametrize(
    ("minutes", "text"),
    [
        (0, "Due 2026-12-01 23:59; push as often as you like until then."),
        (1, "It was due 2026-12-01 23:59; what is pushed now counts as late."),
        (7 * 24 * 60, "It was due 2026-12-01 23:59; what is pushed now counts as late."),
        (7 * 24 * 60 + 1, "It was due 2026-12-01 23:59 and is closed now."),
    ],
)
def test_the_last_step_says_what_pushing_now_does(minutes, text):
    """Until the end of the due minute, late, or closed: the advice is true when it is read."""
    closing = replace(COURSE, late=LatePolicy(closes_after=timedelta(days=7)))
    reader = replace(EN, now=DUE + timedelta(minutes=minutes))
    assert report(open_grade(), DEADLOCK, closing, reader).next[-1] == text


def test_a_check_that_waits_gives_no_hint_yet():
    """Its own hint would send the student to the wrong place; it says to mend the other check first."""
    waiting = record("test_no_schedule_deadlocks", Verdict.NOT_RUN, "0", "6")
    (check,) = report(open_grade(checks=(waiting,)), DEADLOCK, COURSE, EN).failed
    assert check.hint == ""
    assert check.next == "Mend the check it waits for first."


@pytest.mark.parametrize("verdict", list(Verdict))
def test_each_verdict_says_what_happened_and_who_acts(verdict):
    """For every verdict a report names what it means, and either what the student does next or who else acts."""
    checks = (record("test_both_are_held", verdict, "0", "2"),)
    for language in ("zh", "en"):
        view = report(open_grade(checks=checks), DEADLOCK, COURSE, replace(EN, language=language))
        (check,) = view.checks
        assert check.label
        assert check.sentence
        assert check.next
        assert bool(check.actor) == (check.state == "open")
