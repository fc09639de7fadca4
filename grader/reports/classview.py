"""What the class page shows, and nothing else: plain values in one language. For staff."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from grader.language import Language
    from grader.reports.words import State


@dataclass(frozen=True, slots=True)
class Person:
    name: str
    id: str
    href: str


@dataclass(frozen=True, slots=True)
class Bin:
    """A column of the distribution: scores of `label`, `count` students; `height` of 100."""

    label: str
    count: int
    height: int


@dataclass(frozen=True, slots=True)
class HardCheck:
    title: str
    passed: int
    judged: int
    share: str
    usual: str  # the most frequent verdict of those who did not pass
    is_hidden: bool


@dataclass(frozen=True, slots=True)
class Mistake:
    """The same students, the same kind of failure; `checks` are (title, what they have in common) for each check it shows in.

    `comment` is one text for all of them, to paste.
    """

    label: str
    checks: tuple[tuple[str, str], ...]
    lost: str
    people: tuple[Person, ...]
    comment: str


@dataclass(frozen=True, slots=True)
class Twin:
    people: tuple[Person, ...]
    files: str
    lines: int


@dataclass(frozen=True, slots=True)
class AssignmentView:
    name: str
    title: str
    due: str
    handed_in: int
    missing: int
    open: int
    middle: str  # the median score
    out_of: str
    bins: tuple[Bin, ...]
    bins_text: str
    hard: tuple[HardCheck, ...]
    mistakes: tuple[Mistake, ...]
    twins: tuple[Twin, ...]
    left_out: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CellView:
    points: str
    sign: str
    state: State
    status: str
    note: str
    href: str


@dataclass(frozen=True, slots=True)
class StudentRow:
    person: Person
    cells: tuple[CellView, ...]
    total: str


@dataclass(frozen=True, slots=True)
class GroupView:
    name: str
    missing: str  # the line to paste
    rows: tuple[StudentRow, ...]


@dataclass(frozen=True, slots=True)
class ClassView:
    language: Language
    course: str
    as_of: str
    students: int
    graded: int
    missing: int
    open: int
    infra: int
    groups: tuple[GroupView, ...]
    assignments: tuple[AssignmentView, ...]
