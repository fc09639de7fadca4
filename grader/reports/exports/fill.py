"""Another system's own CSV with some cells of one column changed and every other byte as it was."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from grader.errors import UsageError
from grader.language import say

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


@dataclass(frozen=True, slots=True)
class Cell:
    """One field: its value, and where its raw text (quotes included) stands in the sheet's text."""

    value: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Sheet:
    """A CSV file as it stands. `rows` includes the header and blank lines (one empty cell)."""

    mark: bytes
    encoding: str
    text: str
    delimiter: str
    rows: tuple[tuple[Cell, ...], ...]

    def filled(self, changes: Mapping[tuple[int, int], str]) -> bytes:
        """The file with some cells changed: (row, column), both from 0, to the new value. A quoted cell stays quoted."""
        pieces, done = [], 0
        for (row, column), value in sorted(changes.items()):
            cell = self.rows[row][column]
            pieces += [self.text[done : cell.start], self._quoted(value, self.text[cell.start : cell.end])]
            done = cell.end
        pieces.append(self.text[done:])
        return self.mark + "".join(pieces).encode(self.encoding)

    def _quoted(self, value: str, old: str) -> str:
        if old.startswith('"') or any(mark in value for mark in (self.delimiter, '"', "\n", "\r")):
            return '"' + value.replace('"', '""') + '"'
        return value


def read_sheet(data: bytes, encoding: str) -> Sheet:
    """Strict UTF-8 (or UTF-16 with a mark), else `encoding`, the one the course declares; never a silent guess.

    Raises UsageError where it is neither, is empty, or would not be written back byte for byte.
    """
    mark, name = next(((mark, name) for mark, name in _MARKS if data.startswith(mark)), (b"", ""))
    body = data[len(mark) :]
    for candidate in [name] if name else ["utf-8", encoding]:
        try:
            text = body.decode(candidate)
        except (UnicodeDecodeError, LookupError):
            continue
        if text.encode(candidate) == body and text.strip():
            header = text.splitlines()[0]
            delimiter = max(",;\t", key=lambda mark: (header.count(mark), mark == ","))
            return Sheet(mark, candidate, text, delimiter, tuple(_rows(text, delimiter)))
    raise UsageError(
        say("The file is empty, or is neither UTF-8 nor {encoding}.", encoding=encoding),
        remedy=say("Export it again, or declare its encoding in course.yaml."),
    )


def _rows(text: str, delimiter: str) -> Iterator[tuple[Cell, ...]]:
    pattern = re.compile(rf'("(?:[^"]|"")*"[^{delimiter}\r\n]*|[^{delimiter}\r\n]*)({delimiter}|\r\n|\n|\r|\Z)')
    row: list[Cell] = []
    place = 0
    while place < len(text) or row:
        match = pattern.match(text, place)
        if match is None:  # pragma: no cover - the second alternative matches anything
            break
        raw = match[1]
        value = raw[1 : raw.rindex('"')].replace('""', '"') if raw.startswith('"') and raw.count('"') > 1 else raw
        row.append(Cell(value, match.start(1), match.end(1)))
        place = match.end()
        if match[2] != delimiter:
            yield tuple(row)
            row = []
            if not match[2]:
                break
