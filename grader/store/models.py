"""The schema. Every table but `work` is append-only: rows are inserted with who and when, and never changed.

rosters 1-n students            what the instructor's list said, version by version
receipts                        the first time our clock saw a commit of a student's repository
visits                          every time we looked, and what was there (proves that later work was not there yet)
attempts 1-n pins n-1 receipts  one set of files of one student for one assignment; the commits it was seen in
attempts 1-n gradings           one judge's run each; n-1 regrades
attempts 1-n failures           runs that ended without a grading; they never hide one
outcomes                        why a look at a repository gave nothing to grade
overrides comments extensions decisions releases publications regrades regrade_ends events   human acts
work                            who is graded next: the one table that is a queue and not a fact
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar

from sqlalchemy import JSON, ForeignKey, Index, MetaData, String, Text, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from grader.store.columns import Exact, Moment


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: Moment,
        Decimal: Exact,
        str: Text,
        dict[str, Any]: JSON(none_as_null=True),
        list[Any]: JSON(none_as_null=True),
    }
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)


class Signed:
    """A human act: who, when, why."""

    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(200))
    reason: Mapped[str]


class Roster(Signed, Base):
    """One version of the class list, applied as a whole."""

    __tablename__ = "rosters"


class RosterStudent(Base):
    __tablename__ = "students"
    __table_args__ = (UniqueConstraint("roster_id", "student"),)
    roster_id: Mapped[int] = mapped_column(ForeignKey("rosters.id"))
    student: Mapped[str] = mapped_column(String(200))
    name: Mapped[str]
    group: Mapped[str]
    repository: Mapped[str | None]
    branch: Mapped[str | None]
    folder: Mapped[str | None]


class Receipt(Base):
    """`at` is our clock; `commit_date` is what the student's machine claims, never used for lateness."""

    __tablename__ = "receipts"
    __table_args__ = (UniqueConstraint("student", "repository", "commit"),)
    student: Mapped[str] = mapped_column(String(200))
    repository: Mapped[str] = mapped_column(String(2000))
    commit: Mapped[str] = mapped_column(String(64))
    branch: Mapped[str]
    commit_date: Mapped[datetime | None]
    at: Mapped[datetime]
    how: Mapped[str] = mapped_column(String(20))  # collect, batch, submit, grade


class Visit(Base):
    """One look at a repository; `commit` is None where it could not be read."""

    __tablename__ = "visits"
    __table_args__ = (Index(None, "student", "at"),)
    student: Mapped[str] = mapped_column(String(200))
    repository: Mapped[str] = mapped_column(String(2000))
    commit: Mapped[str | None] = mapped_column(String(64))
    at: Mapped[datetime]
    how: Mapped[str] = mapped_column(String(20))


class Attempt(Base):
    """One set of files (their git tree) of one student for one assignment: pushing anything else is no new attempt."""

    __tablename__ = "attempts"
    __table_args__ = (
        UniqueConstraint("student", "assignment", "tree"),
        UniqueConstraint("student", "assignment", "number"),
    )
    student: Mapped[str] = mapped_column(String(200))
    assignment: Mapped[str] = mapped_column(String(200))
    tree: Mapped[str] = mapped_column(String(64))
    number: Mapped[int]
    at: Mapped[datetime]


class Pin(Base):
    """An attempt seen in a commit. The newest pin of a student and assignment names the latest attempt (also after a push back)."""

    __tablename__ = "pins"
    __table_args__ = (Index(None, "attempt_id"), Index(None, "receipt_id"))
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempts.id"))
    receipt_id: Mapped[int] = mapped_column(ForeignKey("receipts.id"))
    snapshot: Mapped[str] = mapped_column(String(64))
    file: Mapped[str]
    notices: Mapped[list[Any]]
    at: Mapped[datetime]


class Outcome(Base):
    """A look at a repository that gave nothing to grade: `missing` (the student acts) or `infra` (we do)."""

    __tablename__ = "outcomes"
    __table_args__ = (Index(None, "student", "assignment"),)
    student: Mapped[str] = mapped_column(String(200))
    assignment: Mapped[str] = mapped_column(String(200))
    kind: Mapped[Any] = mapped_column(String(20))
    message: Mapped[dict[str, Any]]  # {zh, en}
    at: Mapped[datetime]
    how: Mapped[str] = mapped_column(String(20))


class Regrade(Signed, Base):
    """A set of new gradings that counts only once it is applied as a whole."""

    __tablename__ = "regrades"
    assignment: Mapped[str] = mapped_column(String(200))


class RegradeEnd(Signed, Base):
    """`applied` or `dropped`, once."""

    __tablename__ = "regrade_ends"
    __table_args__ = (UniqueConstraint("regrade_id"),)
    regrade_id: Mapped[int] = mapped_column(ForeignKey("regrades.id"))
    kind: Mapped[Any] = mapped_column(String(20))


class Work(Base):
    """One job: one attempt's snapshot under one execution digest, once (and once more per regrade set).

    `regrade` is 0 for live work, so that the unique key holds on every database. `claim` is the token of the worker
    that has it; `starts` is stored before each start, `blamed` are the starts that ended by the job's own doing. States: queued, running, done, stopped (waits for a person), dropped.
    """

    __tablename__ = "work"
    __table_args__ = (
        UniqueConstraint("attempt_id", "snapshot", "execution", "regrade"),
        UniqueConstraint("claim"),
        Index(None, "state", "lane", "id"),
    )
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempts.id"))
    student: Mapped[str] = mapped_column(String(200))
    assignment: Mapped[str] = mapped_column(String(200))
    snapshot: Mapped[str] = mapped_column(String(64))
    version: Mapped[str] = mapped_column(String(64))
    execution: Mapped[str] = mapped_column(String(64))
    regrade: Mapped[int] = mapped_column(default=0)
    lane: Mapped[int] = mapped_column(default=0)  # 0 live, 1 regrade
    state: Mapped[str] = mapped_column(String(20), default="queued")
    stopped_by: Mapped[str | None] = mapped_column(String(20))  # kind of the failure that stopped it
    alone: Mapped[bool] = mapped_column(default=False)  # only while nothing else runs
    starts: Mapped[int] = mapped_column(default=0)
    blamed: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    not_before: Mapped[datetime]
    claim: Mapped[str | None] = mapped_column(String(64))
    worker: Mapped[str | None] = mapped_column(String(200))
    lease_until: Mapped[datetime | None]


class GradingRow(Base):
    """One run of the judge that reached a verdict for every check. One per claim, one per job."""

    __tablename__ = "gradings"
    __table_args__ = (UniqueConstraint("claim"), UniqueConstraint("work_id"), Index(None, "attempt_id"))
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempts.id"))
    work_id: Mapped[int] = mapped_column(ForeignKey("work.id"))
    regrade_id: Mapped[int | None] = mapped_column(ForeignKey("regrades.id"))
    claim: Mapped[str] = mapped_column(String(64))
    snapshot: Mapped[str] = mapped_column(String(64))
    version: Mapped[str] = mapped_column(String(64))
    execution: Mapped[str] = mapped_column(String(64))
    sandbox: Mapped[str]
    python: Mapped[str] = mapped_column(String(40))
    duration_ms: Mapped[int]
    checks: Mapped[list[Any]]
    at: Mapped[datetime]


class Failure(Base):
    """A claim that ended without a grading: `infra` (with what the judge said, if anything), `lost` (the worker died)."""

    __tablename__ = "failures"
    __table_args__ = (UniqueConstraint("claim"), Index(None, "attempt_id"))
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempts.id"))
    work_id: Mapped[int] = mapped_column(ForeignKey("work.id"))
    regrade_id: Mapped[int | None] = mapped_column(ForeignKey("regrades.id"))
    claim: Mapped[str] = mapped_column(String(64))
    kind: Mapped[Any] = mapped_column(String(20))
    message: Mapped[dict[str, Any]]
    checks: Mapped[list[Any] | None]
    at: Mapped[datetime]


class Override(Signed, Base):
    """Points a person sets: `set` a check's or ("" as check) the total, or `adjust` the total. `points` None takes it back.

    `version` counts per student, assignment, kind and check; two people who saw the same version cannot both write the next.
    """

    __tablename__ = "overrides"
    __table_args__ = (UniqueConstraint("student", "assignment", "kind", "check", "version"),)
    student: Mapped[str] = mapped_column(String(200))
    assignment: Mapped[str] = mapped_column(String(200))
    kind: Mapped[Any] = mapped_column(String(20))
    check: Mapped[str] = mapped_column(String(200))
    version: Mapped[int]
    attempt: Mapped[int]  # number of the attempt that counted then; 0 if none
    points: Mapped[Decimal | None]


class Comment(Signed, Base):
    """A remark to the student. `version` counts per thread key (check, line); `text` "" takes it back. `reason` is ""."""

    __tablename__ = "comments"
    __table_args__ = (UniqueConstraint("student", "assignment", "by", "check", "line", "version"),)
    student: Mapped[str] = mapped_column(String(200))
    assignment: Mapped[str] = mapped_column(String(200))
    check: Mapped[str] = mapped_column(String(200))
    line: Mapped[int]  # 0: about the whole
    version: Mapped[int]
    attempt: Mapped[int]
    text: Mapped[str]


class Extension(Signed, Base):
    """A later due time for one student; None takes it back."""

    __tablename__ = "extensions"
    __table_args__ = (UniqueConstraint("student", "assignment", "version"),)
    student: Mapped[str] = mapped_column(String(200))
    assignment: Mapped[str] = mapped_column(String(200))
    version: Mapped[int]
    until: Mapped[datetime | None]


class Decision(Signed, Base):
    """What a person decided about one attempt: `lateness` (check ""; value on_time or late) or a check in `review` or `pending`
    (value accept or reject, and the points it earns).
    """

    __tablename__ = "decisions"
    __table_args__ = (UniqueConstraint("attempt_id", "kind", "check", "version"),)
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempts.id"))
    kind: Mapped[Any] = mapped_column(String(20))
    check: Mapped[str] = mapped_column(String(200))
    version: Mapped[int]
    value: Mapped[str] = mapped_column(String(20))
    points: Mapped[Decimal | None]
    moment: Mapped[datetime | None]  # when the work came, where a person knows better


class Release(Signed, Base):
    """From `at` on students see an assignment's hidden checks ("" as check: all of them)."""

    __tablename__ = "releases"
    __table_args__ = (Index(None, "assignment"),)
    assignment: Mapped[str] = mapped_column(String(200))
    check: Mapped[str] = mapped_column(String(200))
    is_released: Mapped[bool]


class Publication(Signed, Base):
    """`grader check` proved this execution digest fair."""

    __tablename__ = "publications"
    __table_args__ = (Index(None, "assignment"),)
    assignment: Mapped[str] = mapped_column(String(200))
    execution: Mapped[str] = mapped_column(String(64))
    version: Mapped[str] = mapped_column(String(64))


class Event(Signed, Base):
    """Everything else somebody did: retried a job, forgot a student, made a backup. `about` names it."""

    __tablename__ = "events"
    kind: Mapped[str] = mapped_column(String(40))
    about: Mapped[str]
