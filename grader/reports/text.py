"""Text that others wrote, made safe to look at: nothing invisible, nothing endless, nothing that is markup.

HTML escaping is Jinja's; this module shows what a reader could not see (control, bidi, zero-width characters), cuts long
text and builds Markdown in which no byte of a student is markup.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

HEAD = TAIL = 12  # lines of a long text that are shown
WIDTH = 400  # characters of one line that are shown
_ESCAPED = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp", "Zs", "Co", "Cn"})
_SPACES = " \n\t\u3000"  # as they are; any other space looks like one of these and is not
_JOINERS = "\u200c\u200d"
# Marks that mean something anywhere in a line; those of a line's beginning; what renderers turn into links or emoji.
_MARKUP = re.compile(
    r"[\\`*_\[\]<>&|~$#@]|^ *(?:[-+](?=\s|-|$)|=)|^ *\d{1,9}[.)](?=\s|$)|:(?=//|[a-z+-][\w+-]*:)|(?<=\bwww)\.",
    re.IGNORECASE,
)


def visible(text: str) -> str:
    """`text` with every character that cannot be seen written as its Python escape; newlines and tabs stay.

    A joiner inside an emoji stays, and one between letters of a script that joins (a Persian name needs it).
    """
    text = text.replace("\r\n", "\n")
    if text.isascii() and text.isprintable():
        return text
    return "".join(_seen(text, place, character) for place, character in enumerate(text))


def _seen(text: str, place: int, character: str) -> str:
    if character in _SPACES or unicodedata.category(character) not in _ESCAPED:
        return character
    if character in _JOINERS and 0 < place < len(text) - 1 and _joins(text[place - 1]) and _joins(text[place + 1]):
        return character
    return character.encode("unicode_escape", "surrogatepass").decode("ascii")


def _joins(character: str) -> bool:
    """May stand beside a joiner: emoji and their modifiers, and letters of right-to-left and Indic scripts."""
    category = unicodedata.category(character)
    if category in {"So", "Sk"} or character == "\ufe0f":
        return True
    return category[0] in "LM" and "\u0590" <= character <= "\u0fff"


def one_line(text: str) -> str:
    """`visible`, on one line: names, file names, code of one statement."""
    return visible(text).replace("\n", "\\n").replace("\t", "\\t")


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A long text: its first lines, how many lines were left out, its last lines. `tail` is empty when nothing was."""

    head: str
    omitted: int
    tail: str


def excerpt(text: str, *, head: int = HEAD, tail: int = TAIL) -> Excerpt:
    """The beginning and the end of a text, each line cut too. What is cut is said in numbers."""
    lines = [_cut(line) for line in visible(text).rstrip("\n").split("\n")]
    if len(lines) <= head + tail + 1:
        return Excerpt("\n".join(lines), 0, "")
    return Excerpt("\n".join(lines[:head]), len(lines) - head - tail, "\n".join(lines[-tail:]))


def _cut(line: str) -> str:
    return line if len(line) <= WIDTH else f"{line[:WIDTH]} … (+{len(line) - WIDTH})"


def decode(data: bytes, encoding: str) -> str:
    """A student's file as text: UTF-8, else the course's encoding, else with replacement marks. Never raises."""
    for name in ("utf-8-sig", encoding):
        try:
            return data.decode(name)
        except (UnicodeDecodeError, LookupError):
            continue
    return data.decode("utf-8", "replace")


def fence(text: str, language: str = "") -> str:
    """A Markdown code block that `text` cannot end: the fence is longer than any run of backticks inside."""
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    mark = "`" * max(3, longest + 1)
    return f"{mark}{language}\n{text}\n{mark}"


def code(text: str) -> str:
    """A Markdown code span that `text` cannot end; on one line."""
    text = one_line(text)
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    mark = "`" * (longest + 1)
    pad = " " if not text or text[0] in "` " or text[-1] in "` " else ""
    return f"{mark}{pad}{text or ' '}{pad}{mark}"


def segments(text: str) -> list[str]:
    """A product text around what stands in backticks in it: text, code, text, code ... text."""
    return re.split(r"`([^`\n]{1,100})`", text)


def markdown_with_code(text: str) -> str:
    """`markdown`, but a pair of backticks marks code, as product texts use it."""
    return "".join(code(part) if n % 2 else _escaped(part, is_start=n == 0) for n, part in enumerate(segments(text)))


def _escaped(part: str, *, is_start: bool) -> str:
    """A piece of a line; only the first can begin a list or heading."""
    lead, trail = part[: len(part) - len(part.lstrip())], part[len(part.rstrip()) :]
    return f"{'' if is_start else lead}{markdown(part)}{trail if part.strip() else ''}"


def markdown(text: str) -> str:
    """`text` as Markdown prose that means itself, on one line; what could be markup is escaped, dates and points stay readable."""
    return _MARKUP.sub(lambda mark: f"{mark[0][:-1]}\\{mark[0][-1]}", one_line(text).strip())
