"""The timeline as inline SVG: a lane per task, locks held as bars. Sizes are computed here, the template only places them.

Black on whatever the page has (`currentColor`), so it prints and follows a dark page; locks differ by hatching and by their written
names, marks by their outline and by words. Presentation attributes only: the pages' security policy allows no inline style.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING

from rich.cells import cell_len

from grader.reports.render import environment, speaker
from grader.reports.timeline import coded, fitted, headlines, picture, remark, sentences

if TYPE_CHECKING:
    from grader.language import Language
    from grader.reports.timeline import Picture, Row, Timeline

LEFT = 36  # the step numbers
HEAD = 34
ROW = 56  # of a step with a mark, with a line of code, with neither
LOW = 42
LOWEST = 26
BAR = 13
GAP = 3
CHARACTER = 7.3  # of a 12 px monospace face; Chinese takes two
PATTERNS = 4


@dataclass(frozen=True, slots=True)
class Box:
    """One step."""

    x: int
    y: int
    width: int
    height: int
    number: int
    what: str
    line: str
    remark: str  # the mark in words and what is held, "" where there is no mark
    mark: str


@dataclass(frozen=True, slots=True)
class Lock:
    """One bar."""

    x: int
    y: int
    height: int
    name: str
    pattern: int


@dataclass(frozen=True, slots=True)
class Arrow:
    """From what waits to what it waits for, or between two accesses without order (then without a head)."""

    x1: int
    y1: int
    x2: int
    y2: int
    has_head: bool


def timeline_svg(timeline: Timeline, language: Language, ident: str = "timeline") -> str:
    """One `<svg>` element. `ident` makes its ids unique on a page with several."""
    drawn = picture(timeline, language)
    lane = _lane(drawn, language)
    tops = tuple(accumulate((_height(row) for row in drawn.rows), initial=HEAD))
    boxes = tuple(
        _box(drawn, top, row, lane, language)
        for top, row in zip(tops, drawn.rows, strict=False)  # one more: the end
    )
    bottom = tops[-1]
    below = (*headlines(drawn, language), *drawn.waits)
    return environment().get_template("timeline.svg.j2").render(
        say=speaker(language),
        ident=ident,
        width=LEFT + lane * len(drawn.names),
        height=bottom + 8 + 18 * len(below),
        bottom=bottom,
        head=HEAD,
        bar=BAR,
        lanes=[(LEFT + n * lane, fitted(name, int((lane - 12) / CHARACTER))) for n, name in enumerate(drawn.names)],
        boxes=boxes,
        locks=_locks(drawn, tops, lane),
        arrows=_arrows(drawn, boxes, tops, lane),
        below=below,
        words=sentences(timeline, language),
    )  # fmt: skip


def _lane(drawn: Picture, language: Language) -> int:
    """Width of each: what its longest text takes, within what many lanes leave."""
    longest = max(
        (cell_len(text) for row in drawn.rows for text in (row.what, coded(row), remark(row, language))), default=0
    )
    beside = max((drawn.slots(column) for column in range(len(drawn.names))), default=0) * (BAR + GAP)
    most = max(210, min(330, 990 // max(1, len(drawn.names))))
    return min(most, max(150, int(max(longest, *map(cell_len, drawn.names), 0) * CHARACTER) + beside + 26))


def _height(row: Row) -> int:
    return ROW if row.mark else LOW if coded(row) else LOWEST


def _box(drawn: Picture, top: int, row: Row, lane: int, language: Language) -> Box:
    beside = drawn.slots(row.column) * (BAR + GAP)
    width = lane - beside - 10
    room = int((width - 8) / CHARACTER)
    return Box(
        x=LEFT + row.column * lane + beside + 4,
        y=top,
        height=_height(row) - 5,
        width=width,
        number=row.number,
        what=fitted(row.what, room),
        line=fitted(coded(row), room),
        remark=fitted(remark(row, language), room),
        mark=row.mark or "",
    )


def _locks(drawn: Picture, tops: tuple[int, ...], lane: int) -> tuple[Lock, ...]:
    patterns = {name: n % PATTERNS for n, name in enumerate(dict.fromkeys(bar.lock for bar in drawn.bars))}
    made = []
    for bar in drawn.bars:
        top = tops[bar.first] + 6
        end = tops[-1] if bar.last is None else (tops[bar.last] + tops[bar.last + 1]) // 2
        name = fitted(bar.lock, max(1, (end - top - 6) // 6))
        made.append(Lock(_bar_x(bar.column, bar.slot, lane), top, end - top, name, patterns[bar.lock]))
    return tuple(made)


def _bar_x(column: int, slot: int, lane: int) -> int:
    return LEFT + column * lane + GAP + slot * (BAR + GAP)


def _arrows(drawn: Picture, boxes: tuple[Box, ...], tops: tuple[int, ...], lane: int) -> tuple[Arrow, ...]:
    arrows = []
    for column, lock, holder in drawn.links:
        stuck = [
            box for box, row in zip(boxes, drawn.rows, strict=True) if row.column == column and row.mark == "stuck"
        ]
        bars = [bar for bar in drawn.bars if bar.column == holder and bar.lock == lock and bar.last is None]
        if stuck and bars:
            box, x, y = stuck[-1], _bar_x(bars[-1].column, bars[-1].slot, lane), stuck[-1].y + ROW // 2
            start = box.x + box.width if x > box.x else box.x
            arrows.append(Arrow(start, y, x if x > box.x else x + BAR, max(y, tops[bars[-1].first] + 12), True))
    races = [box for box in boxes if box.mark == "race"]
    for one, two in pairwise(races):
        middle = ROW // 2
        left, right = (one, two) if one.x <= two.x else (two, one)
        if left.x == right.x:
            arrows.append(Arrow(one.x, one.y + middle, two.x, two.y + middle, False))
        else:
            arrows.append(Arrow(left.x + left.width, left.y + middle, right.x, right.y + middle, False))
    return tuple(arrows)
