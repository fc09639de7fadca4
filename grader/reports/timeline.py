"""A failing run as a timeline: who did what in which order, with the student's own line at each step and the locks held.

Two pictures of the same data, a column or a lane per task and time running down: plain text for a console, SVG for a page. Nothing
in either depends on colour. The values come from a run of student code and are hostile: names and lines are made safe here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from rich.cells import cell_len, chop_cells, set_cell_size

from grader.language import say
from grader.reports.evidence import KINDS, task_name
from grader.reports.text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from grader.language import Language, Message

STEPS = 60  # shown: the last ones, where it goes wrong
WIDTH = 100  # cells of a line of text
NARROWEST = 26  # cells of a column, however many there are
NAME = 60  # characters of a name
LINE = 200  # characters of a line of code
TURNS = 3  # lines of text that one part of a step may take

Mark = Literal["stuck", "race", "error"]

WORDS: dict[str, Message] = {
    **KINDS,
    "try": say("tries to take {about}"),
    "clear": say("clears {about}"),
    "io": say("reads or writes {about}"),
    "loop": say("goes round a loop"),
    "begin": say("begins"),
    "raise": say("raises {about}"),
    "more": say("… {about} more steps"),
}
MARKS: dict[str, Message] = {
    "stuck": say("stuck here"),
    "race": say("access without order"),
    "error": say("fails here"),
}
_WAITS = frozenset({"acquire", "try", "put", "get"})  # at the end of a run this is what it wanted, not what it did


@dataclass(frozen=True, slots=True)
class Step:
    """One step of one task. `task` is its place in `Timeline.tasks`; `held`: the locks it holds afterwards, in the order taken."""

    task: int
    kind: str
    about: str
    place: str  # bank.py:12
    line: str  # the student's own
    held: tuple[str, ...] = ()
    mark: Mark | None = None
    number: int = 0  # in the whole run, 0: its place in `Timeline.steps`


@dataclass(frozen=True, slots=True)
class Link:
    """One edge of the wait-for graph. `held_by`: a task, None when nobody holds it."""

    task: int
    waits_for: str
    held_by: int | None


@dataclass(frozen=True, slots=True)
class Timeline:
    """A run, or its interesting part. Tasks without a step are not drawn."""

    tasks: tuple[str, ...]
    steps: tuple[Step, ...]
    cycle: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """A step as it is shown: safe, in one language, in the column of its task."""

    number: int
    column: int
    what: str
    place: str
    line: str
    holds: tuple[str, ...]
    mark: Mark | None


@dataclass(frozen=True, slots=True)
class Bar:
    """A lock in the hands of one task, from row to row. `slot`: which of the bars side by side. `last` None: never given back."""

    column: int
    slot: int
    lock: str
    first: int
    last: int | None


@dataclass(frozen=True, slots=True)
class Picture:
    """What both forms are drawn from. `links`: (column, what it waits for, column of the holder or None)."""

    names: tuple[str, ...]
    rows: tuple[Row, ...]
    bars: tuple[Bar, ...]
    links: tuple[tuple[int, str, int | None], ...]
    omitted: int
    waits: tuple[str, ...]  # the cycle in words
    file: str  # the one that all lines are of, "" when there are several; then rows name only the line's number

    def slots(self, column: int) -> int:
        """Bars side by side in a column."""
        return max((bar.slot + 1 for bar in self.bars if bar.column == column), default=0)


def picture(timeline: Timeline, language: Language) -> Picture:
    """Everything that is shown, placed and worded."""
    shown = timeline.steps[-STEPS:]
    omitted = len(timeline.steps) - len(shown)
    tasks = sorted({step.task for step in shown})
    column = {task: place for place, task in enumerate(tasks)}
    files = {step.place.rpartition(":")[0] for step in shown if step.place}
    file = one_line(files.pop())[:NAME] if len(files) == 1 else ""
    rows = tuple(
        _row(step, step.number or number, column[step.task], bool(file), language)
        for number, step in enumerate(shown, start=omitted + 1)
    )
    links = tuple(
        (column[each.task], one_line(each.waits_for)[:NAME], None if each.held_by is None else column.get(each.held_by))
        for each in timeline.cycle
        if each.task in column
    )
    return Picture(
        names=tuple(_name(timeline, task, language) for task in tasks),
        rows=rows,
        bars=tuple(_bars(rows)),
        links=links,
        omitted=omitted,
        waits=tuple(_waiting(timeline, link, language) for link in timeline.cycle),
        file=file,
    )


def sentences(timeline: Timeline, language: Language) -> tuple[str, ...]:
    """The picture in words, a sentence a step and one for each link of the cycle: what a screen reader is given."""
    drawn = picture(timeline, language)
    told = (
        f"{row.number}. {drawn.names[row.column]}: "
        + " ".join(part for part in (row.what, remark(row, language), coded(row)) if part)
        for row in drawn.rows
    )
    return (*headlines(drawn, language), *told, *drawn.waits)


def headlines(drawn: Picture, language: Language) -> tuple[str, ...]:
    """What holds for all steps: their file, and how many came before."""
    return (
        *((say("Lines of {file}", file=drawn.file).render(language),) if drawn.file else ()),
        *((say("… {n} earlier events left out …", n=drawn.omitted).render(language),) if drawn.omitted else ()),
    )


def timeline_text(timeline: Timeline, language: Language, width: int = WIDTH) -> str:
    """Plain text, a column per task; locks held are bars left of the steps. Columns line up where Chinese takes two cells a sign."""
    drawn = picture(timeline, language)
    number = len(str(max((row.number for row in drawn.rows), default=0))) + 2
    wide = max(NARROWEST, (width - number) // max(1, len(drawn.names)))
    out = [*headlines(drawn, language), _cell("", number) + "".join(_cell(name, wide) for name in drawn.names)]
    out.append("─" * (number + wide * len(drawn.names)))
    for place, row in enumerate(drawn.rows):
        room = wide - 1 - cell_len(_gutter(drawn, row.column, place, 0))
        own = [part for text in (row.what, coded(row), remark(row, language)) for part in _wrapped(text, room)]
        for n, text in enumerate(own):
            cells = (
                _cell(text if c == row.column else "", wide, _gutter(drawn, c, place, n))
                for c in range(len(drawn.names))
            )
            out.append(_cell("" if n else str(row.number).rjust(number - 2), number) + "".join(cells))
    return "\n".join([*(line.rstrip() for line in out), *(("", *drawn.waits) if drawn.waits else ())]) + "\n"


def _row(step: Step, number: int, column: int, is_one_file: bool, language: Language) -> Row:
    place = one_line(step.place)[:NAME]
    return Row(
        number=number,
        column=column,
        what=_what(step, language),
        place=place.rpartition(":")[2] if is_one_file else place,
        line=one_line(step.line.strip())[:LINE],
        holds=tuple(dict.fromkeys(one_line(lock)[:NAME] for lock in step.held)),
        mark=step.mark,
    )


def _what(step: Step, language: Language) -> str:
    about = one_line(step.about)[:NAME]
    kind = "wait" if step.mark == "stuck" and step.kind in _WAITS else step.kind
    if kind not in WORDS:
        return f"{one_line(kind)[:NAME]} {about}".strip()
    if not about and kind != "sleep":
        about = say("something").render(language)
    return say(WORDS[kind].text, about=about).render(language).strip()


def coded(row: Row) -> str:
    """The student's own line with its number or place."""
    return f"{row.place}: {row.line}" if row.place and row.line else row.place or row.line


def remark(row: Row, language: Language) -> str:
    """The mark in words, and what the task holds at this moment."""
    if row.mark is None:
        return ""
    holds = say("(holds {locks})", locks=", ".join(row.holds)).render(language) if row.holds else ""
    return f"◆ {MARKS[row.mark].render(language)} {holds}".strip()


def _name(timeline: Timeline, task: int, language: Language) -> str:
    return task_name(timeline.tasks[task], language) if 0 <= task < len(timeline.tasks) else str(task)


def _waiting(timeline: Timeline, link: Link, language: Language) -> str:
    task, what = _name(timeline, link.task, language), one_line(link.waits_for)[:NAME]
    what = what or say("something").render(language)
    if link.held_by is None:
        return say("{task} waits for {lock}, and nothing is left that could wake it", task=task, lock=what).render(
            language
        )
    owner = _name(timeline, link.held_by, language)
    return say("{task} waits for {lock}, which {owner} holds", task=task, lock=what, owner=owner).render(language)


def _bars(rows: Sequence[Row]) -> Iterable[Bar]:
    """From the locks held after each step: a bar opens where a lock first appears and closes at the step that gives it back."""
    open_bars: dict[int, dict[str, tuple[int, int]]] = {}  # column -> lock -> slot, first row
    for place, row in enumerate(rows):
        held = open_bars.setdefault(row.column, {})
        for lock in [lock for lock in held if lock not in row.holds]:
            slot, first = held.pop(lock)
            yield Bar(row.column, slot, lock, first, place)
        for lock in row.holds:
            if lock not in held:
                taken = {slot for slot, _ in held.values()}
                held[lock] = (next(n for n in range(len(taken) + 1) if n not in taken), place)
    for column, held in open_bars.items():
        for lock, (slot, first) in held.items():
            yield Bar(column, slot, lock, first, None)


def _gutter(drawn: Picture, column: int, row: int, line: int) -> str:
    """The bars of one column beside one line of a row's text."""
    slots = [" "] * drawn.slots(column)
    for bar in drawn.bars:
        if bar.column == column and bar.first <= row and (bar.last is None or row < bar.last + (line == 0)):
            slots[bar.slot] = "┌" if bar.first == row and line == 0 else "└" if bar.last == row else "│"
    return "".join(slots) + (" " if slots else "")


def _cell(text: str, wide: int, gutter: str = "") -> str:
    """Exactly `wide` cells; what does not fit ends in an ellipsis, and one cell stays free."""
    room = wide - len(gutter) - 1
    return gutter + set_cell_size(fitted(text, room), room) + " "


def _wrapped(text: str, room: int) -> list[str]:
    """`text` on at most `TURNS` lines of `room` cells, between words where that can be."""
    lines: list[str] = []
    for word in text.split(" ") if text else ():
        if lines and cell_len(lines[-1]) + 1 + cell_len(word) <= room:
            lines[-1] += f" {word}"
        else:
            lines += chop_cells(word, room)
    return lines if len(lines) <= TURNS else [*lines[: TURNS - 1], fitted(" ".join(lines[TURNS - 1 :]), room)]


def fitted(text: str, room: int) -> str:
    """At most `room` cells of `text`."""
    if cell_len(text) <= room:
        return text
    return set_cell_size(text, max(0, room - 1)).rstrip() + "…"
