"""Changes to a program's text that leave every other byte, and the number of lines, as they were."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_LINE_END = re.compile(r"(?<=\n)|(?<=\r)(?!\n)")


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace what stands between two places; offsets are UTF-8 bytes in a line, as `ast` counts, lines count from 1.

    Line ends inside the place are kept behind `text`, unless it `has_lines` of its own.
    """

    line: int
    start: int
    end_line: int
    end: int
    text: str
    has_lines: bool = False


def lines_of(source: str) -> list[str]:
    """The lines as Python counts them, each with its line end."""
    return _LINE_END.split(source)


def over(node: ast.stmt | ast.expr | ast.alias, text: str) -> Edit:
    """The whole node replaced."""
    return Edit(node.lineno, node.col_offset, node.end_lineno or node.lineno, node.end_col_offset or 0, text)


def swap(one: ast.stmt | ast.expr, other: ast.stmt | ast.expr) -> tuple[Edit, Edit]:
    """Each in the other's place."""
    return over(one, ast.unparse(other)), over(other, ast.unparse(one))


def apply(source: str, edits: Iterable[Edit]) -> str:
    """All edits at once, the last place first, so that earlier offsets stay true."""
    lines = [line.encode() for line in lines_of(source)]
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))
    data = b"".join(lines)
    for edit in sorted(edits, key=lambda e: (e.line, e.start), reverse=True):
        start, end = starts[edit.line - 1] + edit.start, starts[edit.end_line - 1] + edit.end
        kept = b"" if edit.has_lines else b"".join(re.findall(rb"\r\n|\n|\r", data[start:end]))
        data = data[:start] + edit.text.encode() + kept + data[end:]
    return data.decode()
