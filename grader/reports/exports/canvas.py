"""The instructor's own Canvas export with one column filled in, and nothing else changed.

Canvas writes (its `gradebook_exporter`): a header `Student` (or `LastName,FirstName`), `ID`, then `SIS User ID`,
`SIS Login ID`, `Integration ID`, `Root Account`, `Section` as the school has them, columns named `Title (number)`, totals;
perhaps a row of posting policies; a row `    Points Possible`; then students, several sections in one cell. Reading it back,
Canvas matches rows by these columns, so they must come back as they were.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from grader.errors import UsageError
from grader.language import Message, say
from grader.reports.exports.fill import Sheet, read_sheet
from grader.reports.numbers import rounded

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

CANVAS_IDS = ("SIS User ID", "SIS Login ID", "Integration ID", "ID")
MOODLE_IDS = ("ID number", "学号", "编号", "Username", "用户名", "Email address", "电子邮件地址")
_NOT_A_GRADE = {"EX", "N/A"}


@dataclass(frozen=True, slots=True)
class Filled:
    """The file to upload, and what a person should know before uploading it. `left_out` are students not in the file."""

    data: bytes
    changed: int
    left_out: tuple[str, ...]
    notices: tuple[Message, ...]


def fill_canvas(
    data: bytes, column: str, scores: Mapping[str, Decimal | None], maximum: Decimal, *, encoding: str = "utf-8"
) -> Filled:
    """`column` is a title as Canvas shows it, with or without its number. `scores`: student id -> exact score or None.

    None (nothing graded) leaves the cell as it is, as do `EX` (excused) and `N/A` (not assigned). Raises UsageError.
    """
    sheet = read_sheet(data, encoding)
    header = _header(sheet)
    if "ID" not in header or not {"Student", "LastName"} & set(header):
        raise UsageError(
            say("This is not a Canvas gradebook: it has no columns `Student` and `ID`."),
            remedy=say("In Canvas: Grades, Export, Export Entire Gradebook."),
        )
    target = _column(header, column)
    possible = next((row for row in sheet.rows[1:] if row[0].value.strip() == "Points Possible"), None)
    notices = []
    if possible and len(possible) > target and (expected := _number(possible[target].value)) != maximum:
        notices.append(
            say(
                "Canvas expects {canvas} points where the exercise has {ours}; the scores were not scaled.",
                canvas=possible[target].value or "?",
                ours=f"{maximum:f}",
            )
        )
        del expected
    return fill(sheet, target, _id_column(sheet, header, CANVAS_IDS, scores), scores, notices)


def fill_moodle(data: bytes, column: str, scores: Mapping[str, Decimal | None], *, encoding: str = "utf-8") -> Filled:
    """The same for a grader export or an offline grading worksheet of Moodle (there `column` is `Grade`)."""
    sheet = read_sheet(data, encoding)
    header = _header(sheet)
    return fill(sheet, _column(header, column), _id_column(sheet, header, MOODLE_IDS, scores), scores, [])


def fill(
    sheet: Sheet, target: int, ids: int, scores: Mapping[str, Decimal | None], notices: Sequence[Message]
) -> Filled:
    """Put `scores` into column `target` of the rows whose column `ids` (both from 0) holds a student id."""
    changes: dict[tuple[int, int], str] = {}
    seen: set[str] = set()
    kept: list[str] = []
    comma = sheet.delimiter == ";" and bool(re.search(r"(?:^|;)\"?\d+,\d+\"?(?:;|$)", sheet.text, re.MULTILINE))
    for number, row in enumerate(sheet.rows[1:], start=1):
        student = row[ids].value.strip() if len(row) > max(ids, target) else ""
        if student not in scores:
            continue
        seen.add(student)
        score = scores[student]
        if row[target].value.strip() in _NOT_A_GRADE:
            kept.append(student)
        elif score is not None:
            text = f"{rounded(score):f}"
            changes[number, target] = text.replace(".", ",") if comma else text
    left_out = tuple(sorted(set(scores) - seen))
    found = list(notices)
    if kept:
        found.append(say("Left as they are, excused or not assigned: {students}.", students=", ".join(sorted(kept))))
    if left_out:
        found.append(say("Not in this file: {students}.", students=", ".join(left_out)))
    return Filled(sheet.filled(changes), len(changes), left_out, tuple(found))


def _header(sheet: Sheet) -> list[str]:
    return [cell.value.strip() for cell in sheet.rows[0]]


def _number(text: str) -> Decimal | None:
    try:
        return Decimal(text.strip().replace(",", "."))
    except InvalidOperation:
        return None


def _column(header: Sequence[str], wanted: str) -> int:
    """The one column with that title, with or without Canvas's `(number)` behind it."""
    bare = [re.sub(r"\s*\(\d+\)$", "", title) for title in header]
    found = [n for n, title in enumerate(header) if title == wanted] or [n for n, t in enumerate(bare) if t == wanted]
    if len(found) == 1:
        return found[0]
    if found:
        raise UsageError(
            say("{count} columns are called `{column}`.", count=len(found), column=wanted),
            remedy=say("Name one with its number: {titles}", titles=", ".join(header[n] for n in found)),
        )
    near = difflib.get_close_matches(wanted, bare, n=3, cutoff=0.4) or [title for title in bare if title]
    raise UsageError(
        say("There is no column `{column}` in this file.", column=wanted),
        remedy=say("Did you mean one of: {titles}", titles=", ".join(near)),
    )


def _id_column(sheet: Sheet, header: Sequence[str], names: Sequence[str], scores: Mapping[str, Decimal | None]) -> int:
    """Of the columns that can hold our ids, the one in which most of them stand; the earlier name wins a tie."""
    hits = {
        name: sum(
            len(row) > header.index(name) and row[header.index(name)].value.strip() in scores for row in sheet.rows[1:]
        )
        for name in names
        if name in header
    }
    best = max(hits, key=lambda name: hits[name], default=None)
    if best is None or not hits[best]:
        raise UsageError(
            say(
                "No row of this file belongs to a student of the roster (looked in: {columns}).",
                columns=", ".join(hits) or "-",
            ),
            remedy=say("The ids of the roster must stand in one of: {names}", names=", ".join(names)),
        )
    return header.index(best)
