"""Tables as spreadsheets write them: which encoding, which delimiter, which line names the columns; and cells both ways."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from typing import TYPE_CHECKING, Final

from grader.course.columns import recognised
from grader.errors import Place, RosterError
from grader.language import say

if TYPE_CHECKING:
    from grader.course.columns import Layout
    from grader.language import Message

MAX_BYTES: Final = 8 * 2**20
MAX_ROWS: Final = 20_000
_FORMULA: Final = re.compile(r"[=+\-@\t\r＝＋－＠]")  # a spreadsheet computes what begins so
_MARKED: Final = re.compile(
    r"'+[=+\-@\t\r＝＋－＠0-9]"
)  # an apostrophe before it, which keeps it text, is ours to take off
DELIMITERS: Final = (",", ";", "\t")


def decoded(data: bytes, declared: str, file: str) -> tuple[str, str, list[Message]]:
    if len(data) > MAX_BYTES:
        raise RosterError(
            say("The file is larger than {n} kB.", n=MAX_BYTES // 1024),
            place=Place(file),
            remedy=say("Keep only the columns of a roster."),
        )
    notices: list[Message] = []
    try:
        if data.startswith((b"\xff\xfe", b"\xfe\xff")):
            text, used = data.decode("utf-16"), "utf-16"
        else:
            text, used = data.decode("utf-8-sig"), "utf-8"
    except UnicodeDecodeError as error:
        place = Place(file, data[: error.start].count(b"\n") + 1)
        try:
            text, used = data.decode(declared), declared
        except (UnicodeError, LookupError):
            message = say("The roster is neither UTF-8 nor {encoding}, which the course declares.", encoding=declared)
            remedy = say("Save it as UTF-8, or set `encoding` in course.yaml to what it was saved as.")
            raise RosterError(message, place=place, remedy=remedy) from None
    if "\x00" in text:
        message = say("The roster holds NUL characters; it is no text file.")
        raise RosterError(message, place=Place(file), remedy=say("Export it as CSV, UTF-8."))
    return text, used, notices


def table(text: str, file: str) -> tuple[str, Layout, list[tuple[int, list[str]]]]:
    """Delimiter, layout and rows: the delimiter is the one with which the header makes most sense."""
    declared = re.match(r"sep=([,;\t|])\r?\n", text)
    skipped = 0
    if declared:
        text, skipped = text[declared.end() :], 1
    options = (declared[1],) if declared else DELIMITERS
    best: tuple[str, Layout] | None = None
    for delimiter in options:
        for line, cells in _rows(text, delimiter, file, skipped, first=6):
            layout = recognised(cells, line)
            if layout and (best is None or len(layout.columns) > len(best[1].columns)):
                best = delimiter, layout
                break
    if best is None:
        remedy = say("The first line must name the columns: id,name,group,repository (or 学号,姓名,小组,仓库).")
        raise RosterError(say("No header was found."), place=Place(file, 1), remedy=remedy)
    delimiter, layout = best
    if layout.missing:
        message = say("The column {columns} is missing.", columns=", ".join(layout.missing))
        remedy = say("Found: {found}.", found=", ".join(filter(None, layout.headers)))
        raise RosterError(message, place=Place(file, layout.line), remedy=remedy)
    if layout.repeated:
        message = say("The column {columns} stands there twice.", columns=", ".join(layout.repeated))
        raise RosterError(message, place=Place(file, layout.line), remedy=say("Rename one of them."))
    rows = [(line, cells) for line, cells in _rows(text, delimiter, file, skipped) if line > layout.line]
    return delimiter, layout.settled([clean(cell) for cell in cells] for _, cells in rows), rows


def _rows(
    text: str, delimiter: str, file: str, skipped: int, *, first: int | None = None
) -> list[tuple[int, list[str]]]:
    """Rows that are not empty, with the line each begins at."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    rows: list[tuple[int, list[str]]] = []
    begin = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                rows.append((begin + skipped, cells))
            begin = reader.line_num + 1
            if first is not None and len(rows) >= first:
                break
            if len(rows) > MAX_ROWS:
                raise RosterError(
                    say("There are more than {n} rows.", n=MAX_ROWS),
                    place=Place(file, begin),
                    remedy=say("Split it, or remove rows that are no students."),
                )
    except csv.Error:
        if first is None:
            message = say("This row cannot be read; a quote may be missing.")
            raise RosterError(
                message,
                place=Place(file, begin + skipped),
                remedy=say("Put the missing quote, or remove the lone one."),
            ) from None
    return rows


def clean(cell: str) -> str:
    """A cell's text: without the wrapping that keeps spreadsheets from reading it as a number or formula, in normal form C."""
    text = cell.strip().strip("\ufeff\u200b").strip()
    if wrapped := re.fullmatch(r'="((?:[^"]|"")*)"', text):
        text = wrapped[1].replace('""', '"')
    elif _MARKED.match(text):
        text = text[1:]
    return unicodedata.normalize("NFC", text.strip())


def safe(text: str, is_id: bool) -> str:
    """Text that a spreadsheet neither computes nor rounds; `clean` undoes it."""
    if is_id and re.match(r"[0-9.]", text):
        return '="' + text.replace('"', '""') + '"'
    return f"'{text}" if _FORMULA.match(text) or _MARKED.match(text) else text
