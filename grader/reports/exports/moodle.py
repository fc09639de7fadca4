"""A CSV that Moodle's grade import maps by `ID number`. For a file Moodle itself exported, see `canvas.fill_moodle`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.reports.exports.table import score, text_cell, write_csv

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from decimal import Decimal

    from grader.store.grade import Grade


def moodle(grades: Iterable[Grade], titles: Mapping[str, str]) -> bytes:
    """A row a student, a column an assignment (`titles`: name -> column title, in order). Nothing graded is an empty cell.

    No feedback column: importing one overwrites what teachers wrote. The id is written bare (no tab before it): Moodle compares it whole.
    """
    rows: dict[str, dict[str, Decimal | None]] = {}
    for grade in grades:
        rows.setdefault(grade.student.id, {})[grade.assignment] = score(grade)
    header = ["ID number", *(text_cell(title) for title in titles.values())]
    return write_csv(
        header, ([text_cell(student), *(row.get(name) for name in titles)] for student, row in sorted(rows.items()))
    )
