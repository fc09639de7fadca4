"""Facts as values: what the pure function in `grade.py` reads, and what reports show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Self

from grader.language import Message

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from decimal import Decimal

    from grader.judge.records import Grading
    from grader.language import Language


@dataclass(frozen=True, slots=True)
class Stored(Message):
    """A message that was rendered, in both languages, when the fact was written."""

    texts: Mapping[str, str]

    @classmethod
    def of(cls, texts: Mapping[str, str]) -> Self:
        """`{zh: ..., en: ...}` as a message again."""
        return cls(texts.get("en", ""), {}, texts)

    def render(self, language: Language) -> str:
        return self.texts.get(language) or self.text


@dataclass(frozen=True, slots=True)
class Act:
    """Who did it, when, why."""

    by: str
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Override:
    """`set` a check's points (or the total, check ""), or `adjust` the total; `attempt` is what counted then.

    `version` is what `acts.override(expected=...)` wants to hear from whoever changes it next.
    """

    kind: Literal["set", "adjust"]
    check: str
    points: Decimal
    version: int
    attempt: int
    act: Act


@dataclass(frozen=True, slots=True)
class Comment:
    """About a check ("": the whole) and a line of the file (0: no line)."""

    check: str
    line: int
    text: str
    version: int
    attempt: int
    act: Act


@dataclass(frozen=True, slots=True)
class Extension:
    until: datetime
    version: int
    act: Act


@dataclass(frozen=True, slots=True)
class Decision:
    """About one attempt: its lateness (check "", on_time or late), or a check (accept or reject, points)."""

    kind: Literal["lateness", "check"]
    attempt: int
    check: str
    value: str
    points: Decimal | None
    moment: datetime | None
    version: int
    act: Act


@dataclass(frozen=True, slots=True)
class Received:
    """When our clock first saw an attempt's files, and in which commit. `commit_date` is the student's clock, unverified."""

    at: datetime
    how: str
    repository: str
    commit: str
    branch: str
    commit_date: datetime | None
    seen_before: datetime | None  # the last look at this repository before `at`, which did not show this commit


@dataclass(frozen=True, slots=True)
class Graded:
    """A grading that counts: live, or of an applied regrade. `order` rises in the order they took effect."""

    order: tuple[datetime, int]
    version: str
    at: datetime
    is_regrade: bool
    grading: Grading


@dataclass(frozen=True, slots=True)
class Failed:
    kind: Literal["infra", "lost"]
    message: Mapping[str, str]
    at: datetime


@dataclass(frozen=True, slots=True)
class Attempted:
    """One attempt with all that happened to it; `pin` rises with every new sight, so the highest is the latest."""

    number: int
    tree: str
    snapshot: str
    file: str
    pin: int
    received: Received
    notices: tuple[Mapping[str, str], ...]
    gradings: tuple[Graded, ...]
    failures: tuple[Failed, ...]
    work: Literal["queued", "running", "stopped"] | None

    @property
    def last(self) -> Graded:
        """The grading that took effect last. There must be one."""
        return max(self.gradings, key=lambda graded: graded.order)


@dataclass(frozen=True, slots=True)
class Looked:
    """The last look that gave nothing to grade."""

    kind: Literal["missing", "infra"]
    message: Mapping[str, str]
    at: datetime
    how: str


@dataclass(frozen=True, slots=True)
class Facts:
    """All about one student and one assignment, human acts already cut down to the ones in force."""

    attempts: tuple[Attempted, ...] = ()
    looked: Looked | None = None  # only if newer than every pin
    overrides: tuple[Override, ...] = ()
    comments: tuple[Comment, ...] = ()
    extension: Extension | None = None
    decisions: tuple[Decision, ...] = ()
