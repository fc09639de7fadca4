"""Files that are the same but for comments, blank lines and what was handed out. No judgement: a TA looks."""

from __future__ import annotations

import io
import tokenize
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from grader.language import say
from grader.reports.text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from grader.language import Message


@dataclass(frozen=True, slots=True)
class Same:
    """Students with the same file; `lines` of it are their own. `members`: (student id, file name), sorted."""

    members: tuple[tuple[str, str], ...]
    lines: int


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A file that could not be compared. The others of the same student were."""

    student: str
    file: str
    why: Message


@dataclass(frozen=True, slots=True)
class Similarity:
    same: tuple[Same, ...]
    left_out: tuple[LeftOut, ...]


def identical(
    submissions: Mapping[str, Mapping[str, bytes]],
    handed_out: Iterable[bytes],
    encoding: str = "utf-8",
    *,
    least: int = 3,
) -> Similarity:
    """`submissions`: student id -> the Python files of the snapshot. `handed_out`: starter and the like; their lines do not count.

    Files with fewer than `least` lines of their own are not compared: there is one way to write them.
    """
    known = {line for data in handed_out for line in own_lines(_text(data, encoding) or "")}
    groups: dict[tuple[str, ...], list[tuple[str, str]]] = defaultdict(list)
    left_out = []
    for student, files in sorted(submissions.items()):
        if not files:
            left_out.append(LeftOut(student, "", say("nothing handed in")))
        for name, data in sorted(files.items()):
            if not name.endswith(".py"):
                continue
            text = _text(data, encoding)
            if text is None:
                left_out.append(LeftOut(student, one_line(name), say("not text in a known encoding")))
                continue
            lines = own_lines(text)
            if not lines:
                left_out.append(LeftOut(student, one_line(name), say("empty")))
            own = tuple(line for line in lines if line not in known)
            if len(own) >= least:
                groups[own].append((student, one_line(name)))
    same = (
        Same(tuple(sorted(members)), len(own))
        for own, members in groups.items()
        if len({student for student, _ in members}) > 1
    )
    return Similarity(tuple(sorted(same, key=lambda s: (-len(s.members), -s.lines, s.members))), tuple(left_out))


def _text(data: bytes, encoding: str) -> str | None:
    marked = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    for name in (marked, encoding):
        try:
            text = data.decode(name)
        except (UnicodeDecodeError, LookupError):
            continue
        if "\0" not in text:
            return text
    return None


def own_lines(text: str) -> tuple[str, ...]:
    """The lines of a program without comments, blank lines and spacing; where it is no Python 3, without lines of comment."""
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(text).readline))
    except (SyntaxError, tokenize.TokenError, IndentationError, ValueError):
        return tuple(
            " ".join(line.split()) for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")
        )
    lines: dict[int, list[str]] = defaultdict(list)
    for token in tokens:
        if token.type not in {
            tokenize.COMMENT,
            tokenize.NL,
            tokenize.NEWLINE,
            tokenize.INDENT,
            tokenize.DEDENT,
            tokenize.ENDMARKER,
        }:
            lines[token.start[0]].append(token.string)
    return tuple(" ".join(words) for _, words in sorted(lines.items()))
