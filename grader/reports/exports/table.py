"""CSV that a spreadsheet opens without harm and that we read back unchanged.

With a byte order mark (or Excel shows Chinese as noise), no formula in a text cell, and ids that a spreadsheet would take
for a number or date kept as text.
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from grader.reports.numbers import rounded

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from grader.course.roster import Student
    from grader.store.grade import Grade

_FORMULA = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
_CHANGED_BY_SPREADSHEETS = re.compile(r"0\d+|\d{12,}|\d+[eE]\d+|\d+[-/.:]\d+(?:[-/.:]\d+)?")


def text_cell(text: str) -> str:
    """A text as a cell: an apostrophe before what would be a formula. `read_cell` takes it away again."""
    return f"'{text}" if _FORMULA.match(text) else text


def id_cell(text: str) -> str:
    """An id as a cell: a tab before one that a spreadsheet would change (`007`, `202600100123`, `1E5`, `3-4`)."""
    return f"\t{text}" if _CHANGED_BY_SPREADSHEETS.fullmatch(text) else text_cell(text)


def read_cell(cell: str) -> str:
    """The text that `text_cell` or `id_cell` was given."""
    if cell.startswith("\t") or (cell.startswith("'") and _FORMULA.match(cell)):
        return cell[1:]
    return cell


def write_csv(header: Sequence[str], rows: Iterable[Sequence[str | Decimal | int | None]]) -> bytes:
    """UTF-8 with a mark, CRLF. Strings must have passed `text_cell` or `id_cell`; None is an empty cell, not 0."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def _cell(value: str | Decimal | int | None) -> str:
    if value is None:
        return ""
    return f"{rounded(value):f}" if isinstance(value, Decimal) else str(value)


def read_csv(data: bytes) -> list[dict[str, str]]:
    """What `write_csv` wrote, as rows by column name, every cell the text it was."""
    rows = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""))
    header = next(rows, [])
    return [dict(zip(header, (read_cell(cell) for cell in row), strict=True)) for row in rows]


@dataclass(frozen=True, slots=True)
class _Row:
    student: Student
    grades: dict[str, Grade]


def table(grades: Iterable[Grade], maxima: Mapping[str, Decimal]) -> bytes:
    """The class as one table: a row a student, the id first; a column an assignment, in the order of `maxima` (name -> points).

    An empty cell is "nothing graded", which is not 0. `open` names what is not final, `missing` what was never handed in.
    The last columns are the roster's, so that this file is a roster too.
    """
    rows: dict[str, _Row] = {}
    for grade in grades:
        rows.setdefault(grade.student.id, _Row(grade.student, {})).grades[grade.assignment] = grade
    names = tuple(maxima)
    header = [
        "id",
        "name",
        "group",
        *map(text_cell, names),
        "total",
        "max",
        "missing",
        "open",
        "repository",
        "branch",
        "folder",
    ]
    return write_csv(header, (_line(row, names, maxima) for _, row in sorted(rows.items())))


def _line(row: _Row, names: Sequence[str], maxima: Mapping[str, Decimal]) -> list[str | Decimal | None]:
    scores = {name: score(row.grades[name]) for name in names if name in row.grades}
    counted = [value for value in scores.values() if value is not None]
    state = {name: grade.status for name, grade in row.grades.items()}
    student = row.student
    return [
        id_cell(student.id),
        text_cell(student.name),
        id_cell(student.group or ""),
        *(scores.get(name) for name in names),
        sum(counted, Decimal(0)),
        sum(maxima.values(), Decimal(0)),
        text_cell(" ".join(name for name in names if state.get(name) == "missing")),
        text_cell(" ".join(name for name in names if is_open(row.grades.get(name)))),
        text_cell(student.repository or ""),
        text_cell(student.branch or ""),
        text_cell(student.folder or ""),
    ]


def score(grade: Grade) -> Decimal | None:
    """The exact score to export; None where nothing was graded, so that missing never reads as 0."""
    return grade.counted


def is_open(grade: Grade | None) -> bool:
    """Something of it is not final: not graded yet, failed on our side, or a check that waits for a person."""
    from grader.judge.verdicts import MEANINGS  # noqa: PLC0415 - keeps the roster's use of this module light

    if grade is None or grade.status in {"infra", "pending"}:
        return True
    return any(not MEANINGS[check.verdict].is_final for check in grade.checks)
