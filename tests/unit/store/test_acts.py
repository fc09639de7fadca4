from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from grader.course.roster import Student
from grader.errors import ConflictError, StoreError, UsageError
from grader.store import acts, models
from grader.store.facts import Sight, apply_roster, current_students, record_attempt, record_outcome, record_receipt
from grader.store.gradebook import read
from grader.store.records import Facts
from grader.store.store import Store

NOW = datetime(2026, 12, 1, 16, 10, tzinfo=UTC)
WHO = {"student": "s01", "assignment": "udp-collect"}
SIGNED = {"by": "ta-li", "reason": "spoke to the student", "now": NOW}


@pytest.fixture
def store(tmp_path):
    with Store.open(tmp_path) as opened:
        yield opened


def sight(commit="c1", at=NOW, how="batch", student="s01"):
    return Sight(
        student=student,
        repository="https://gitee.com/class/s01",
        commit=commit,
        branch="main",
        commit_date=NOW,
        at=at,
        how=how,
    )


def seen(store, commit="c1", tree="t1", at=NOW, snapshot="snap", how="batch"):
    from grader.language import say

    with store.write() as session:
        receipt = record_receipt(session, sight(commit, at, how))
        return record_attempt(
            session,
            receipt,
            assignment="udp-collect",
            tree=tree,
            snapshot=snapshot,
            file="collect.py",
            notices=[say("found")],
            at=at,
        ).number


def facts(store):
    with store.read() as session:
        return read(session).facts.get(("s01", "udp-collect"), Facts())


def test_the_first_receipt_of_a_commit_stands(store):
    """Seen again tomorrow, the commit was still received today; every look is written down."""
    seen(store)
    seen(store, at=NOW + timedelta(days=1))
    with store.read() as session:
        assert session.scalars(select(models.Receipt.at)).all() == [NOW]
        assert session.scalar(select(func.count()).select_from(models.Visit)) == 2


def test_the_same_files_in_another_commit_are_the_same_attempt_received_first(store):
    """Pushing an unrelated file: one attempt, and its receipt is the first commit's."""
    assert seen(store) == 1
    assert seen(store, commit="c2", at=NOW + timedelta(days=1)) == 1
    (attempt,) = facts(store).attempts
    assert (attempt.received.at, attempt.received.commit) == (NOW, "c1")


def test_pushing_back_makes_the_old_files_the_latest_attempt(store):
    """t1, then t2, then t1 again: two attempts, the first is the latest, and it came when it first came."""
    assert [seen(store, "c1", "t1"), seen(store, "c2", "t2"), seen(store, "c1", "t1")] == [1, 2, 1]
    one, two = facts(store).attempts
    assert one.pin > two.pin


def test_a_look_before_is_known_to_the_later_attempt(store):
    """What was seen last before a new commit came is handed on: it decides whether lateness is known."""
    seen(store)
    seen(store, "c2", "t2", at=NOW + timedelta(hours=1))
    one, two = facts(store).attempts
    assert (one.received.seen_before, two.received.seen_before) == (None, NOW)


def test_an_outcome_is_shown_only_while_it_is_the_newest_look(store):
    """A file that disappeared is told; pushed again, it is not told any more."""
    from grader.language import say

    seen(store)
    with store.write() as session:
        record_outcome(session, **WHO, kind="missing", message=say("gone"), at=NOW + timedelta(hours=1), how="batch")
    assert facts(store).looked.kind == "missing"
    seen(store, "c2", "t2", at=NOW + timedelta(hours=2))
    assert facts(store).looked is None


def test_a_roster_is_a_version_and_names_survive(store):
    """Applying a class list keeps the old one; the same one again is no new version; names come back as they were."""
    first = [Student("s02", "欧阳娜娜", "2", "https://gitee.com/c/s02", "dev", "day31"), Student("s01", "王小明")]
    assert apply_roster(store, first, by="i", reason="term", now=NOW)
    assert not apply_roster(store, first[::-1], by="i", reason="term", now=NOW)
    assert apply_roster(store, [Student("s03", "مريم")], by="i", reason="left", now=NOW)
    with store.read() as session:
        assert current_students(session) == (Student("s03", "مريم"),)
        assert session.scalar(select(func.count()).select_from(models.Roster)) == 2
        assert session.scalar(select(func.count()).select_from(models.RosterStudent)) == 3


def test_an_override_is_appended_and_the_newest_holds(store):
    """Two overrides of one check: both rows stay, with who and why; the newest is in force; None takes it back."""
    assert acts.override(store, **WHO, check="test_a", points=Decimal("1.5"), **SIGNED) == 1
    assert acts.override(store, **WHO, check="test_a", points=Decimal(2), **SIGNED) == 2
    (in_force,) = facts(store).overrides
    assert (in_force.points, in_force.version, in_force.act.by) == (2, 2, "ta-li")
    acts.override(store, **WHO, check="test_a", points=None, **SIGNED)
    assert facts(store).overrides == ()
    with store.read() as session:
        assert session.scalars(select(models.Override.points)).all() == [Decimal("1.5"), Decimal(2), None]


def test_two_people_who_saw_the_same_value_conflict_aloud(store):
    """The second one is refused with both values, and nothing of it is written."""
    acts.override(store, **WHO, points=Decimal(7), **SIGNED, expected=0)
    with pytest.raises(ConflictError) as caught:
        acts.override(store, **WHO, points=Decimal(5), **{**SIGNED, "by": "ta-wu"}, expected=0)
    assert all(part in str(caught.value) for part in ("ta-li", "7", "5"))
    (in_force,) = facts(store).overrides
    assert in_force.points == 7
    assert acts.override(store, **WHO, points=Decimal(5), **SIGNED, expected=in_force.version) == 2


def test_after_something_was_taken_back_nothing_is_there_to_conflict_with(store):
    """Who sees no override may write one, also when there was one that somebody took back."""
    acts.override(store, **WHO, points=Decimal(7), **SIGNED, expected=0)
    acts.override(store, **WHO, points=None, **SIGNED, expected=1)
    assert acts.override(store, **WHO, points=Decimal(3), **SIGNED, expected=0) == 3


@pytest.mark.parametrize("missing", ["by", "reason"])
def test_every_act_needs_a_name_and_a_reason(store, missing):
    """An empty name or reason is a wrong use, for every verb."""
    signed = {**SIGNED, missing: " "}
    with pytest.raises(UsageError):
        acts.override(store, **WHO, points=Decimal(1), **signed)
    with pytest.raises(UsageError):
        acts.extend(store, **WHO, until=NOW, **signed)
    with pytest.raises(UsageError):
        acts.decide(store, **WHO, value="on_time", **signed)
    with pytest.raises(UsageError):
        acts.release(store, assignment="udp-collect", **signed)


def test_a_comment_is_per_person_and_line_and_can_be_taken_back(store):
    """Two people's remarks stand beside each other; an empty text removes one's own."""
    acts.comment(store, **WHO, text="第 12 行没有锁", by="ta-li", now=NOW, check="test_a", line=12)
    acts.comment(store, **WHO, text="good", by="ta-wu", now=NOW)
    assert {(c.text, c.line) for c in facts(store).comments} == {("第 12 行没有锁", 12), ("good", 0)}
    acts.comment(store, **WHO, text="", by="ta-wu", now=NOW)
    assert [c.act.by for c in facts(store).comments] == ["ta-li"]


def test_an_extension_can_be_moved_and_taken_back(store):
    """The newest word about an extension holds."""
    acts.extend(store, **WHO, until=NOW, **SIGNED)
    acts.extend(store, **WHO, until=NOW + timedelta(days=1), **SIGNED, expected=1)
    assert facts(store).extension.until == NOW + timedelta(days=1)
    acts.extend(store, **WHO, until=None, **SIGNED)
    assert facts(store).extension is None


def test_a_decision_is_about_the_attempt_seen_last_unless_one_is_named(store):
    """It names an attempt, is refused where there is none, and can be withdrawn."""
    with pytest.raises(StoreError, match="nothing for"):
        acts.decide(store, **WHO, value="on_time", **SIGNED)
    seen(store)
    seen(store, "c2", "t2")
    acts.decide(store, **WHO, value="on_time", **SIGNED)
    acts.decide(store, **WHO, value="accept", check="test_a", points=Decimal(1), attempt=1, **SIGNED)
    assert [(d.kind, d.attempt, d.value, d.points) for d in facts(store).decisions] == [
        ("check", 1, "accept", 1),
        ("lateness", 2, "on_time", None),
    ]
    acts.decide(store, **WHO, value="withdrawn", **SIGNED)
    assert [d.kind for d in facts(store).decisions] == ["check"]


@pytest.mark.parametrize(
    ("value", "check"), [("on_time", "test_a"), ("late", "test_a"), ("accept", ""), ("reject", "")]
)
def test_a_decision_that_does_not_fit_its_object_is_refused(store, value, check):
    """On time is about an attempt, accept about a check."""
    seen(store)
    with pytest.raises(UsageError):
        acts.decide(store, **WHO, value=value, check=check, **SIGNED)


def test_points_that_are_no_number_are_refused(store):
    """NaN and infinity never reach the database."""
    for points in ("NaN", "Infinity"):
        with pytest.raises(UsageError):
            acts.override(store, **WHO, points=Decimal(points), **SIGNED)


def test_a_release_can_be_withdrawn_and_the_newest_word_holds(store):
    """Released, withdrawn, one check released."""
    signed = {"assignment": "udp-collect", **SIGNED}

    def released():
        with store.read() as session:
            return read(session).released.get("udp-collect", frozenset())

    acts.release(store, **signed)
    assert released() == {""}
    acts.release(store, **signed, is_released=False)
    assert released() == frozenset()
    acts.release(store, **signed, check="test_a")
    assert released() == {"test_a"}


def test_publishing_twice_is_one_fact(store):
    """A proved digest is proved once."""
    for _ in range(2):
        acts.publish(store, assignment="udp-collect", execution="e1", version="v1", **SIGNED)
    with store.read() as session:
        assert session.scalar(select(func.count()).select_from(models.Publication)) == 1
        assert read(session).proved == {"udp-collect": {"e1"}}


def test_nothing_that_was_written_is_ever_changed(store):
    """After any number of acts every earlier row is still what it was."""
    seen(store)
    acts.override(store, **WHO, points=Decimal(1), **SIGNED)
    acts.extend(store, **WHO, until=NOW, **SIGNED)
    before = _rows(store)
    acts.override(store, **WHO, points=None, **SIGNED)
    acts.extend(store, **WHO, until=None, **SIGNED)
    acts.decide(store, **WHO, value="late", **SIGNED)
    seen(store, "c2", "t2")
    after = _rows(store)
    assert all(row in after[table] for table, rows in before.items() for row in rows)


def _rows(store):
    with store.engine.connect() as connection:
        return {
            t.name: [tuple(map(str, row)) for row in connection.execute(select(t))]
            for t in models.Base.metadata.sorted_tables
        }
