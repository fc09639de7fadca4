"""What one reader sees, and nothing else: plain values, in one language, in the course's zone, safe to show.

Templates only place these. What a reader may not see is not in them (`visibility.py` decides), so no template can leak it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markupsafe import Markup

    from grader.judge.verdicts import Verdict
    from grader.language import Language
    from grader.reports.text import Excerpt
    from grader.reports.words import State


@dataclass(frozen=True, slots=True)
class SumLine:
    """One line of the score as a sum; `note` says why."""

    label: str
    value: str
    note: str = ""
    is_result: bool = False


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of the bar of points: `share` of 1000, and what it stands for in words."""

    state: Literal["passed", "failed", "open", "later"]
    start: int
    width: int


@dataclass(frozen=True, slots=True)
class CodeLine:
    number: int
    text: str
    is_marked: bool


@dataclass(frozen=True, slots=True)
class Frame:
    """A place in the student's own files, with the lines around it."""

    file: str
    line: int
    function: str
    lines: tuple[CodeLine, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One event of a run: which task did what; `lane` counts tasks from 0 in the order they appear."""

    number: int
    task: str
    lane: int
    text: str
    holds: str
    place: str


@dataclass(frozen=True, slots=True)
class Wait:
    """One link of a wait-for cycle."""

    task: str
    waits_for: str
    held_by: str
    place: str


@dataclass(frozen=True, slots=True)
class Fact:
    """A labelled piece of evidence: a call, a value, an assertion. Shown as code."""

    label: str
    text: Excerpt


@dataclass(frozen=True, slots=True)
class TimelineRow:
    """A step of a failing run in words; `lane` as in `Step`."""

    number: int
    task: str
    lane: int
    what: str
    code: str
    remark: str


@dataclass(frozen=True, slots=True)
class ExploredView:
    """What the scheduler found."""

    told: tuple[str, ...]  # one sentence, then who else waits
    label: str  # whether it is to be seen on one's own machine
    svg: Markup
    rows: tuple[TimelineRow, ...]  # the picture in words
    below: tuple[str, ...]
    text: str  # the picture as plain text
    looked: tuple[str, ...]
    schedule: str  # JSON, "" where there is none
    data: str  # the same as a link
    name: str  # of the file to save it in
    command: str


@dataclass(frozen=True, slots=True)
class EvidenceView:
    facts: tuple[Fact, ...] = ()
    exception: str = ""
    frames: tuple[Frame, ...] = ()
    waits: tuple[Wait, ...] = ()
    steps: tuple[Step, ...] = ()
    steps_omitted: int = 0
    is_ordered: bool = True  # False: only each task's own order is known
    remarks: tuple[str, ...] = ()  # real runs, seed, what was left running
    output: Excerpt | None = None


@dataclass(frozen=True, slots=True)
class CommentView:
    text: str
    by: str
    at: str
    line: int = 0
    code: str = ""  # the line it is about


@dataclass(frozen=True, slots=True)
class CheckView:
    test: str
    title: str
    verdict: Verdict
    state: State
    sign: str
    label: str
    points: str  # "2 / 5"
    sentence: str
    detail: str  # what the judge said about this run
    hint: str
    next: str
    actor: str  # who acts, where that is not the reader
    change: str  # "fixed since your last attempt", or that it passed before
    is_real: bool
    evidence: EvidenceView
    explored: ExploredView | None
    comments: tuple[CommentView, ...]


@dataclass(frozen=True, slots=True)
class AttemptView:
    number: int
    commit: str
    received: str
    points: str
    counts: bool


@dataclass(frozen=True, slots=True)
class Row:
    """A label and its value, for the facts at the top."""

    label: str
    value: str
    is_code: bool = False


@dataclass(frozen=True, slots=True)
class ReportView:
    """One student, one assignment."""

    language: Language
    course: str
    assignment: str
    title: str
    student: str  # id, "" if nobody said who
    name: str
    group: str
    status: Literal["graded", "missing", "infra", "pending"]
    points: str  # "7.4", or of the visible checks only
    out_of: str
    unit: str  # "of 10 points", "visible points"
    later: tuple[str, ...]  # "4 points are judged after ..."
    bar: tuple[Segment, ...]
    bar_text: str
    commit: str  # its first digits; the whole of it is in `rows`
    received: str
    headline: str
    next: tuple[str, ...]
    problem: str
    sum: tuple[SumLine, ...]
    rows: tuple[Row, ...]
    notices: tuple[str, ...]
    failed: tuple[CheckView, ...]
    open: tuple[CheckView, ...]
    passed: tuple[CheckView, ...]
    fixed: tuple[str, ...]
    broken: tuple[str, ...]
    comments: tuple[CommentView, ...]
    attempts: tuple[AttemptView, ...]
    footer: tuple[str, ...]

    @property
    def checks(self) -> Sequence[CheckView]:
        """All that are shown, in the order they are shown."""
        return (*self.failed, *self.open, *self.passed)


@dataclass(frozen=True, slots=True)
class DayView:
    """One assignment in a student's overview."""

    assignment: str
    title: str
    day: str
    due: str
    status: str
    state: State
    points: str
    later: tuple[str, ...]
    headline: str
    late: str
    href: str
    bar: tuple[Segment, ...]
    bar_text: str


@dataclass(frozen=True, slots=True)
class DaysView:
    """All days of one student."""

    language: Language
    course: str
    student: str
    name: str
    group: str
    total: str
    total_note: str
    days: tuple[DayView, ...]
