import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.course.assignment import Assignment, Submit
from grader.course.checks import Check, Manual
from grader.course.course import LatePolicy
from grader.course.lateness import lateness
from grader.course.roster import Student
from grader.course.text import Text
from grader.judge.records import CheckRecord, Grading
from grader.judge.verdicts import Verdict
from grader.language import say
from grader.store.grade import Rules, count, current
from grader.store.late import NOT_LATE, arrival
from grader.store.records import (
    Act,
    Attempted,
    Comment,
    Decision,
    Extension,
    Facts,
    Failed,
    Graded,
    Looked,
    Override,
    Received,
    Stored,
)

ZONE = ZoneInfo("Asia/Shanghai")
DUE = datetime(2026, 12, 1, 23, 59, tzinfo=ZONE)
NOW = datetime(2026, 12, 9, tzinfo=UTC)
DAY = timedelta(days=1)
HALF = LatePolicy(per_day=Decimal("0.10"), at_most=Decimal("0.50"), closes_after=7 * DAY)
STUDENT = Student(id="s01", name="王小明")
ACT = Act(by="ta", at=NOW, reason="r")
CHECKS = (Check("test_a", Decimal(4)), Check("test_b", Decimal(6), needs=("test_a",)))


def rules(checks=CHECKS, **more):
    text = Text.of("x", "en")
    assignment = Assignment(
        name="udp-collect", title=text, statement=text, submit=Submit("collect.py"), checks=tuple(checks)
    )
    return Rules(
        assignment=assignment, due=DUE, zone=ZONE, **{"execution": lambda _: "e1", "proved": frozenset({"e1"}), **more}
    )


def record(test="test_a", verdict=Verdict.PASS, points="4", most=None):
    return CheckRecord(test, verdict, Decimal(points), Decimal(most or points), say("x").both())


def graded(*records, order=0, execution="e1", is_regrade=False, at=DUE, sandbox="bubblewrap"):
    return Graded(
        order=(at, order), version="v1", at=at, is_regrade=is_regrade,
        grading=Grading(execution, "snap", sandbox, "3.11.2", records, 5),
    )  # fmt: skip


GOOD = (record("test_a", points="4"), record("test_b", points="6"))
HALF_GOOD = (record("test_a", points="4"), record("test_b", Verdict.FAIL, "0", "6"))


def attempt(number=1, *gradings, at=DUE - DAY, how="batch", pin=None, seen_before=None, **more):
    received = Received(
        at=at, how=how, repository="r", commit=f"c{number}", branch="main", commit_date=at, seen_before=seen_before
    )
    fields = {
        "number": number, "tree": f"t{number}", "snapshot": "snap", "file": "collect.py", "pin": pin or number,
        "received": received, "notices": (), "gradings": gradings, "failures": (), "work": None,
    }  # fmt: skip
    return Attempted(**{**fields, **more})


def grade(facts, policy=HALF, now=NOW, slip=0, **how):
    chosen = rules(**how)

    def late(each):
        return lateness(arrival(each, facts, "udp-collect", DUE), policy, ZONE, slip_left=slip)

    counting = count(facts, chosen, late)
    mine = late(counting.chosen) if counting.chosen else NOT_LATE
    return current(STUDENT, facts, chosen, counting, mine, now)


def texts(messages):
    return " | ".join(str(m) for m in messages)


def test_a_graded_attempt_in_time_is_the_sum_of_its_checks():
    """Raw, score and maximum are exact sums; nothing is late; the commit and its receipt are named."""
    g = grade(Facts(attempts=(attempt(1, graded(*GOOD)),)))
    assert (g.status, g.raw, g.score, g.max, g.late.state) == ("graded", 10, 10, 10, "on_time")
    assert (g.commit, g.received_at, g.attempt) == ("c1", DUE - DAY, 1)
    assert g.notices == ()
    assert g.is_proved
    assert g.is_final


def test_ten_tenths_are_one():
    """Points are decimals from end to end: ten tests of 0.1 add up to 1."""
    checks = [Check(f"test_{k}", Decimal("0.1")) for k in range(10)]
    records = [record(c.name, points="0.1") for c in checks]
    g = grade(Facts(attempts=(attempt(1, graded(*records)),)), checks=checks)
    assert (g.score, g.max) == (1, 1)


def test_a_part_of_zero_is_zero_and_not_missing():
    """An item that earned 0 of 5 earns 0."""
    g = grade(
        Facts(attempts=(attempt(1, graded(record("test_a", Verdict.FAIL, "0", "5"))),)),
        checks=[Check("test_a", Decimal(5))],
    )
    assert (g.status, g.score, g.max) == ("graded", 0, 5)


def test_a_passing_check_with_a_part_counts_the_part():
    """Score and verdict are separate: pass with 0.85 of 1 is 0.85."""
    g = grade(
        Facts(attempts=(attempt(1, graded(record("test_a", points="0.85", most="1"))),)),
        checks=[Check("test_a", Decimal(1))],
    )
    assert g.score == Decimal("0.85")


def test_a_penalty_larger_than_the_points_is_clamped_once_at_the_end():
    """Automatic 80 of 80, by hand -100: total 0 and the maximum stays 80."""
    checks = [Check("test_a", Decimal(80))]
    facts = Facts(
        attempts=(attempt(1, graded(record("test_a", points="80"))),),
        overrides=(Override("adjust", "", Decimal(-100), 1, 1, ACT),),
    )
    g = grade(facts, checks=checks)
    assert (g.raw, g.adjustment, g.score, g.max) == (80, -100, 0, 80)


def test_more_than_the_maximum_is_cut_to_it():
    """By hand +100, or a total beyond the maximum: the maximum."""
    attempts = (attempt(1, graded(*GOOD)),)
    for override in (Override("adjust", "", Decimal(100), 1, 1, ACT), Override("set", "", Decimal(100), 1, 1, ACT)):
        assert grade(Facts(attempts=attempts, overrides=(override,))).score == 10


def test_a_penalty_check_costs_only_when_it_fails():
    """A check of negative points is lost unless it passes, and is no part of the maximum."""
    checks = [Check("test_a", Decimal(4)), Check("clean", Decimal(-1))]
    passing = graded(record("test_a"), record("clean", points="0", most="-1"))
    failing = graded(record("test_a"), record("clean", Verdict.FAIL, "-1", "-1"))
    assert grade(Facts(attempts=(attempt(1, passing),)), checks=checks).score == 4
    g = grade(Facts(attempts=(attempt(1, failing),)), checks=checks)
    assert (g.score, g.max) == (3, 4)


def test_points_changed_after_grading_are_todays_points():
    """Points are applied when read: full marks stay full marks, a part stays what the test awarded."""
    checks = [Check("test_a", Decimal(8)), Check("test_b", Decimal(6))]
    g = grade(
        Facts(attempts=(attempt(1, graded(record("test_a"), record("test_b", points="1.5", most="3"))),)), checks=checks
    )
    assert [c.points for c in g.checks] == [8, Decimal("1.5")]
    assert [c.max for c in g.checks] == [8, 6]


def test_an_exercise_changed_after_grading_is_said_and_costs_nothing_silently():
    """Another execution digest: a notice; a check that did not exist then waits, is no failure, and is not final."""
    g = grade(Facts(attempts=(attempt(1, graded(record("test_a"), execution="e0")),)))
    assert "older version" in texts(g.notices)
    assert [c.verdict for c in g.checks] == [Verdict.PASS, Verdict.PENDING]
    assert not g.is_final


def test_an_unproved_version_and_a_missing_sandbox_are_said():
    """A grade says when nobody proved its tests, and when nothing confined the code."""
    g = grade(Facts(attempts=(attempt(1, graded(*GOOD, sandbox="local (unsafe)")),)), proved=frozenset())
    assert not g.is_proved
    assert "not been proved" in texts(g.notices)
    assert "without a sandbox" in texts(g.notices)


def test_moving_the_due_date_removes_the_old_penalty():
    """Late work, then due + 2 days without any rerun: no penalty is left."""
    facts = Facts(attempts=(attempt(1, graded(*GOOD), at=DUE + DAY, how="submit"),))
    assert grade(facts).score == 9
    moved = replace(rules(), due=DUE + 2 * DAY)
    late = lateness(arrival(facts.attempts[0], facts, "udp-collect", moved.due), HALF, ZONE)
    assert current(STUDENT, facts, moved, count(facts, moved, lambda _: late), late, NOW).score == 10


def test_an_extension_is_a_fact_that_is_read():
    """The same late work with an extension loses nothing and says extended."""
    facts = Facts(
        attempts=(attempt(1, graded(*GOOD), at=DUE + DAY, how="submit"),), extension=Extension(DUE + 2 * DAY, 1, ACT)
    )
    g = grade(facts)
    assert (g.late.state, g.score, g.extensions) == ("extended", 10, (facts.extension,))


def test_work_first_seen_by_a_batch_after_the_due_time_is_unknown_until_somebody_decides():
    """No pin at the due time: no penalty, said; a decision with a name settles it either way."""
    facts = Facts(attempts=(attempt(1, graded(*GOOD), at=DUE + timedelta(minutes=11)),))
    g = grade(facts)
    assert (g.late.state, g.score) == ("unknown", 10)
    assert "not verified" in texts(g.notices)
    late = Decision("lateness", 1, "", "late", None, None, 1, ACT)
    assert grade(replace(facts, decisions=(late,))).score == 9
    earlier = replace(late, moment=DUE)
    assert grade(replace(facts, decisions=(earlier,))).late.state == "on_time"
    on_time = replace(late, value="on_time")
    assert grade(replace(facts, decisions=(on_time,))).late.state == "on_time"


@pytest.mark.parametrize(("seen", "state"), [(DUE, "late"), (DUE - timedelta(seconds=1), "unknown"), (None, "unknown")])
def test_a_look_at_the_due_time_proves_that_later_work_was_late(seen, state):
    """Work that a look at the due time did not show was not there then; an earlier look proves nothing."""
    facts = Facts(attempts=(attempt(1, graded(*GOOD), at=DUE + timedelta(minutes=11), seen_before=seen),))
    assert grade(facts).late.state == state


def test_work_after_closing_does_not_replace_work_in_time():
    """A late push after closing is named and does not count; alone it earns nothing."""
    old, new = attempt(1, graded(*HALF_GOOD)), attempt(2, graded(*GOOD), at=DUE + 9 * DAY, how="submit")
    g = grade(Facts(attempts=(old, new)))
    assert (g.attempt, g.score) == (1, 4)
    assert "closed" in texts(g.notices)
    alone = grade(Facts(attempts=(new,)))
    assert (alone.status, alone.late.state, alone.raw, alone.score) == ("graded", "closed", 10, 0)


def test_latest_counts_the_latest_and_best_the_best():
    """The course says which attempt counts, and the grade says so."""
    facts = Facts(attempts=(attempt(1, graded(*GOOD)), attempt(2, graded(*HALF_GOOD))))
    assert (grade(facts).attempt, grade(facts).score) == (2, 4)
    best = grade(facts, counts="best")
    assert (best.attempt, best.score) == (1, 10)
    assert [(a.number, a.raw, a.counts) for a in best.attempts] == [(1, 10, True), (2, 4, False)]
    assert "Attempt 1 of 2 counts: the best one" in texts(best.notices)


def test_the_best_is_measured_after_the_late_penalty():
    """9 in time beats 10 with half lost."""
    facts = Facts(attempts=(attempt(1, graded(*HALF_GOOD)), attempt(2, graded(*GOOD), at=DUE + 5 * DAY, how="submit")))
    assert grade(facts, counts="best").attempt == 2
    dear = LatePolicy(per_day=Decimal("0.7"), at_most=Decimal("0.7"))
    assert grade(facts, policy=dear, counts="best").attempt == 1


def test_pushing_back_to_an_earlier_state_makes_that_attempt_the_latest():
    """The newest sight decides which attempt is the latest, the first sight of its files when it came."""
    facts = Facts(attempts=(attempt(1, graded(*GOOD), pin=3), attempt(2, graded(*HALF_GOOD), pin=2)))
    assert grade(facts).attempt == 1


def test_attempts_beyond_the_days_cap_do_not_count():
    """Two a day in the course's zone: the third of a local day is recorded and named, the next day's counts."""
    evening = datetime(2026, 11, 30, 15, 50, tzinfo=UTC)  # 23:50 in the course's zone
    three = tuple(
        attempt(n, graded(*(GOOD if n == 3 else HALF_GOOD)), at=evening + n * timedelta(minutes=1)) for n in (1, 2, 3)
    )
    g = grade(Facts(attempts=three), per_day=2)
    assert (g.attempt, g.score) == (2, 4)
    assert "cap" in texts(g.notices)
    fourth = attempt(4, graded(*GOOD), at=evening + timedelta(minutes=10))
    assert grade(Facts(attempts=(*three, fourth)), per_day=2).attempt == 4


def test_a_failed_run_never_hides_an_older_good_grading():
    """Grade 10, then the sandbox stops and the rerun fails: still 10, with a notice."""
    failed = Failed("infra", {"en": "daemon gone", "zh": "没了"}, DUE + DAY)
    facts = Facts(attempts=(attempt(1, graded(*GOOD), failures=(failed,), work="stopped"),))
    g = grade(facts)
    assert (g.status, g.score, g.problem) == ("graded", 10, None)
    assert "earlier grading stands" in texts(g.notices)


def test_a_failed_newer_attempt_leaves_the_older_one_standing():
    """The newest attempt could not be graded for our reason: the older one counts, and why is said."""
    failed = Failed("infra", {"en": "daemon gone", "zh": "没了"}, DUE)
    g = grade(Facts(attempts=(attempt(1, graded(*GOOD)), attempt(2, failures=(failed,), work="queued"))))
    assert (g.status, g.attempt) == ("graded", 1)
    assert "Attempt 2 could not be graded" in texts(g.notices)


def test_a_newer_attempt_that_waits_is_said():
    """The grade is of attempt 1 and of its commit; that attempt 2 is there and waits is said."""
    g = grade(Facts(attempts=(attempt(1, graded(*GOOD)), attempt(2, work="queued"))))
    assert (g.status, g.attempt, g.commit) == ("graded", 1, "c1")
    assert "Attempt 2 is newer and not graded yet." in texts(g.notices)


def test_an_attempt_without_any_grading_is_infra_with_the_reason_never_a_zero_that_counts():
    """Only failures: status infra, and the reason in the reader's language."""
    failed = Failed("infra", {"en": "daemon gone", "zh": "没了"}, DUE)
    g = grade(Facts(attempts=(attempt(1, failures=(failed,), work="stopped"),)))
    assert (g.status, str(g.problem), g.problem.render("zh")) == ("infra", "daemon gone", "没了")
    assert not g.is_final


def test_an_attempt_that_waits_is_pending():
    """Handed in and queued is neither missing nor a zero, and the commit that was received is named."""
    g = grade(Facts(attempts=(attempt(1, work="queued"),)))
    assert (g.status, g.commit, g.received_at, g.attempt) == ("pending", "c1", DUE - DAY, 0)


@pytest.mark.parametrize("kind", ["missing", "infra"])
def test_a_look_that_gave_nothing_is_told(kind):
    """No attempt: the last look says why, in both languages."""
    g = grade(Facts(looked=Looked(kind, {"en": "no file", "zh": "没有文件"}, DUE, "batch")))
    assert (g.status, g.problem.render("zh"), g.score, g.commit) == (kind, "没有文件", 0, None)


def test_nobody_looked_is_missing_with_a_sentence():
    """No facts at all: missing, and it says that nobody has looked yet."""
    g = grade(Facts())
    assert g.status == "missing"
    assert "Nobody has looked" in str(g.problem)


def test_work_that_disappeared_still_counts():
    """A force-push away after receipt changes nothing but a notice."""
    looked = Looked("missing", {"en": "no file", "zh": "没有文件"}, DUE, "batch")
    g = grade(Facts(attempts=(attempt(1, graded(*GOOD)),), looked=looked))
    assert (g.status, g.score) == ("graded", 10)
    assert "no file" in texts(g.notices)


def test_an_override_of_a_check_and_of_the_total_survive_a_regrade():
    """Human points stand beside the machine's; a later grading changes only the machine's part."""
    by_hand = Override("set", "test_b", Decimal("5.5"), 1, 1, ACT)
    first = attempt(1, graded(*HALF_GOOD))
    again = attempt(1, graded(*HALF_GOOD), graded(*GOOD, order=1, at=DUE + DAY, is_regrade=True))
    g = grade(Facts(attempts=(first,), overrides=(by_hand,)))
    assert (g.raw, g.score) == (Decimal("9.5"), Decimal("9.5"))
    assert g.checks[1].evidence["overridden"] == {"by": "ta", "reason": "r", "points": "0"}
    assert grade(Facts(attempts=(again,), overrides=(by_hand,))).score == Decimal("9.5")
    plus_five = Override("adjust", "", Decimal(5), 1, 1, ACT)
    assert grade(Facts(attempts=(first,), overrides=(plus_five,))).score == 9
    total = Override("set", "", Decimal(7), 1, 1, ACT)
    g = grade(Facts(attempts=(again,), overrides=(by_hand, total)))
    assert (g.total, g.score) == (7, 7)


def test_points_set_for_an_older_attempt_are_said():
    """An override made when attempt 1 counted still holds for attempt 2, and the grade says so."""
    facts = Facts(
        attempts=(attempt(1, graded(*GOOD)), attempt(2, graded(*GOOD))),
        overrides=(Override("set", "test_b", Decimal(1), 1, 1, ACT),),
    )
    assert "attempt 1; attempt 2" in texts(grade(facts).notices)


def test_what_waits_for_a_person_earns_nothing_until_decided():
    """Review and manual checks: 0 and not final; accept gives the points or the part said, reject none; per attempt."""
    checks = [Check("test_a", Decimal(4)), Check("talk", Decimal(5), kind=Manual(Text.of("why", "en")))]
    review = graded(record("test_a", Verdict.REVIEW, "4", "4"), record("talk", Verdict.PENDING, "0", "5"))
    facts = Facts(attempts=(attempt(1, review),))
    g = grade(facts, checks=checks)
    assert (g.score, g.is_final) == (0, False)
    accept = Decision("check", 1, "test_a", "accept", None, None, 1, ACT)
    part = Decision("check", 1, "talk", "accept", Decimal("3.5"), None, 1, ACT)
    g = grade(replace(facts, decisions=(accept, part)), checks=checks)
    assert (g.score, g.is_final) == (Decimal("7.5"), True)
    reject = replace(accept, value="reject")
    g = grade(replace(facts, decisions=(reject, part)), checks=checks)
    assert (g.score, g.checks[0].verdict) == (Decimal("3.5"), Verdict.FAIL)
    other = attempt(2, review)
    assert (
        grade(replace(facts, attempts=(attempt(1, review), other), decisions=(accept, part)), checks=checks).score == 0
    )


def test_hidden_checks_open_by_release_and_after_due_ones_by_time():
    """`hidden` waits for a release, `after_due` for the student's own due time; the grade names what is still hidden."""
    checks = [
        Check("test_a", Decimal(4)),
        Check("secret", Decimal(3), visibility="hidden"),
        Check("later", Decimal(3), visibility="after_due"),
    ]
    records = [record("test_a"), record("secret", points="3"), record("later", points="3")]
    facts = Facts(attempts=(attempt(1, graded(*records)),))
    assert grade(facts, checks=checks, now=DUE).hidden == {"secret", "later"}
    g = grade(facts, checks=checks, now=DUE + timedelta(minutes=1))
    assert (g.hidden, g.is_released) == ({"secret"}, False)
    extended = replace(facts, extension=Extension(DUE + DAY, 1, ACT))
    assert grade(extended, checks=checks, now=DUE + timedelta(minutes=1)).hidden == {"secret", "later"}
    for released in ({""}, {"secret"}):
        g = grade(facts, checks=checks, released=frozenset(released))
        assert (g.hidden, g.is_released, g.score) == (frozenset(), True, 10)


def test_comments_and_notices_reach_the_grade():
    """What people and intake said is handed on."""
    comment = Comment("test_a", 12, "看第 12 行", 1, 1, ACT)
    notice = {"en": "found in day32", "zh": "在 day32 找到"}
    g = grade(Facts(attempts=(attempt(1, graded(*GOOD), notices=(notice,)),), comments=(comment,)))
    assert g.comments == (comment,)
    assert Stored.of(notice) in g.notices


def test_the_older_of_two_gradings_is_only_history():
    """Of live gradings and applied regrades the one that took effect last counts."""
    facts = Facts(attempts=(attempt(1, graded(*GOOD, order=2, at=DUE + DAY), graded(*HALF_GOOD, order=1)),))
    assert grade(facts).score == 10


decimals = st.decimals(min_value=-20, max_value=20, places=2)
verdicts = st.sampled_from([Verdict.PASS, Verdict.FAIL, Verdict.RACE, Verdict.REVIEW, Verdict.PENDING])


@st.composite
def facts_strategy(draw):
    attempts = []
    for number in range(1, draw(st.integers(0, 4)) + 1):
        gradings = [
            graded(
                record("test_a", draw(verdicts), str(draw(decimals)), "4"),
                record("test_b", draw(verdicts), str(draw(decimals)), "6"),
                order=order,
            )
            for order in range(draw(st.integers(0, 2)))
        ]
        at = DUE + timedelta(minutes=draw(st.integers(-3000, 20000)))
        attempts.append(attempt(number, *gradings, at=at, how=draw(st.sampled_from(["batch", "submit", "collect"]))))
    overrides = tuple(
        Override(kind, check, draw(decimals), 1, 0, ACT)
        for kind, check in draw(st.sets(st.sampled_from([("set", ""), ("set", "test_a"), ("adjust", "")])))
    )
    return Facts(attempts=tuple(attempts), overrides=overrides)


@given(facts_strategy(), st.sampled_from(["latest", "best"]), st.sampled_from([None, 1, 2]))
def test_whatever_happened_the_sum_is_exact_and_within_bounds(facts, counts, per_day):
    """Score is raw - penalty + adjustment or the set total, clamped once; raw is the sum of the checks shown; nothing is NaN."""
    g = grade(facts, counts=counts, per_day=per_day)
    assert g.raw == sum((c.points for c in g.checks), Decimal(0))
    expected = g.total if g.total is not None else g.raw - g.penalty + g.adjustment
    assert g.score == min(max(expected, Decimal(0)), g.max)
    assert g.max == 10
    by_hand = g.total is not None or (not g.attempts and any(o.kind == "adjust" for o in g.overrides))
    assert (g.attempt > 0) == bool(g.checks)
    assert (g.attempt > 0 or by_hand) == (g.status == "graded")
    assert sum(a.counts for a in g.attempts) == (g.attempt > 0)


@given(facts_strategy(), st.randoms())
def test_the_grade_does_not_depend_on_the_order_in_which_facts_are_read(facts, random):
    """Facts are a set: reading them in another order gives the same grade."""
    mixed = list(facts.attempts)
    random.shuffle(mixed)
    assert grade(replace(facts, attempts=tuple(mixed))) == grade(facts)


def test_the_strategy_covers_what_it_should():
    """A guard for the two properties above: all statuses they speak of are reachable."""
    assert {grade(Facts(attempts=a)).status for a in itertools.chain([()], [(attempt(1, graded(*GOOD)),)])} == {
        "missing",
        "graded",
    }
