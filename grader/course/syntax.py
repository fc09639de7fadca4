"""Why a text is no YAML, said so that somebody who does not know YAML can mend it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import yaml

from grader.errors import CourseError, Place
from grader.language import say

if TYPE_CHECKING:
    from grader.course.tree import Kind
    from grader.language import Message


def explained(text: str, file: str, error: yaml.YAMLError) -> CourseError:
    if isinstance(error, yaml.reader.ReaderError):
        before = text[: error.position]
        place = Place(file, before.count("\n") + 1, len(before) - before.rfind("\n"))
        return CourseError(
            say("A character that no text may hold (U+{code:04X}).", code=error.character),
            place=place,
            remedy=say("Remove it."),
        )
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    place = place_of(file, mark) if mark else Place(file)
    problem = str(getattr(error, "problem", None) or error)
    quote = _open_quote_before(text, file, mark.index if mark else len(text))
    if quote is not None:
        message, remedy = open_quote(quote[1])
        return CourseError(message, place=quote[0], remedy=remedy)
    if "end of stream" in problem and isinstance(error, yaml.MarkedYAMLError) and "quoted scalar" in str(error.context):
        place = place_of(file, error.context_mark)
        return CourseError(
            say("The quote opened here is never closed."),
            place=place,
            remedy=say("Close it at the end of the text."),
        )
    if wide := _wide_punctuation(text, file, place.line):
        message = say("`{mark}` is not the ASCII character YAML reads.", mark=wide[1])
        return CourseError(
            message, place=wide[0], remedy=say("Write it without wide punctuation, followed by a space.")
        )
    if mark and text[mark.index : mark.index + 1] == "?":
        message = say("Inside braces or brackets a `?` ends the text.")
        return CourseError(message, place=place, remedy=say("Quote the text."))
    if "could not find expected ':'" in problem and isinstance(error, yaml.MarkedYAMLError) and error.context_mark:
        place = place_of(file, error.context_mark)
    for part, message, remedy in _SYNTAX:
        if part in problem:
            return CourseError(message, place=place, remedy=remedy)
    return CourseError(
        say("This is not YAML: {problem}.", problem=problem),
        place=place,
        remedy=say("Check indentation, quotes, brackets and the space after each colon."),
    )


def _wide_punctuation(text: str, file: str, line: int) -> tuple[Place, str] | None:
    """Punctuation of a Chinese keyboard where YAML needs the ASCII one, on the line of an error or the one above."""
    rows = text.split("\n")
    for n in (line, line - 1):
        row = rows[n - 1] if 1 <= n <= len(rows) else ""
        if found := re.search(r"(?<=[\w.\]}'\"])[，：](?=\s*[\w'\"]+\s*[:：])|(?<=^)\s*[\w-]+(：)|[【】｛｝［］]", row):
            at = found.start(1) if found[1] else found.start()
            return Place(file, n, at + 1), row[at]
    return None


def _open_quote_before(text: str, file: str, end: int) -> tuple[Place, int] | None:
    """The last quoted text before `end` that runs over a line which looks like a pair: where, and that line."""
    found = None
    try:
        for token in yaml.scan(text, Loader=yaml.SafeLoader):
            if token.start_mark.index > end:
                break
            if isinstance(token, yaml.ScalarToken) and token.style in ("'", '"'):
                rows = text[token.start_mark.index : token.end_mark.index].split("\n")[1:]
                hidden = [n for n, row in enumerate(rows, token.start_mark.line + 2) if looks_like_pair(row)]
                if hidden:
                    found = place_of(file, token.start_mark), hidden[0]
    except yaml.YAMLError:
        pass  # the very fault being explained
    return found


def looks_like_pair(row: str) -> bool:
    return re.match(r"\s*(- )?[{]?\s*[\w.-]+\s*:(\s|$)", row) is not None


def open_quote(line: int) -> tuple[Message, Message]:
    return (
        say("The quote opened here swallows what looks like a key at line {line}.", line=line),
        say("Close the quote; a text that really holds such a line is written as a block: `key: |`."),
    )


def place_of(file: str, mark: Any) -> Place:
    return Place(file, mark.line + 1, mark.column + 1)


def not_text(text: str, kind: Kind) -> tuple[Message, Message]:
    """Why an unquoted scalar is no text, and what to write instead."""
    quoted = "'" + text.replace("'", "''") + "'"
    if kind == "null":
        return say("A text is missing here."), say("Write a text; an empty one is ''.")
    if kind == "bool":
        return say("YAML reads `{text}` as yes or no, not as a text.", text=text), say(
            "Quote it: {quoted}", quoted=quoted
        )
    if kind == "timestamp":
        return say("YAML reads `{text}` as a date, not as a text.", text=text), say("Quote it: {quoted}", quoted=quoted)
    if ":" in text:
        return (
            say("YAML reads `{text}` as a number to the base 60, not as a text.", text=text),
            say("Quote it: {quoted}", quoted=quoted),
        )
    return say("YAML reads `{text}` as a number, not as a text.", text=text), say("Quote it: {quoted}", quoted=quoted)


_SYNTAX: tuple[tuple[str, Message, Message], ...] = (
    (
        "cannot start any token",
        say("This character cannot begin a value."),
        say("Indent with spaces, not tabs; quote a text that begins with %, @ or a backquote."),
    ),
    (
        "mapping values are not allowed",
        say("A second `key: value` where a value is already being read."),
        say("Quote a text that holds a colon followed by a space, or mend the indentation."),
    ),
    (
        "could not find expected ':'",
        say("A key without a colon."),
        say("Write `key: value` with the ASCII colon and a space."),
    ),
    (
        "but found another document",
        say("A second document begins here."),
        say("Remove the line `---`; a file holds one document."),
    ),
    (
        "expected ',' or",
        say("A comma or a closing bracket is missing before this."),
        say("Check commas, brackets and quotes on this line."),
    ),
    (
        "expected <block end>",
        say("This does not line up with what stands above it."),
        say("Give all keys of one map the same indentation, and check the quotes just before."),
    ),
    (
        "found unknown escape character",
        say("A backslash in double quotes begins an escape, and this is none."),
        say("Use single quotes, or write the backslash twice."),
    ),
    (
        "hexadecimal numbers",
        say("A backslash in double quotes begins an escape, and this is none."),
        say("Use single quotes, or write the backslash twice."),
    ),
    (
        "expected alphabetic or numeric character",
        say("A text cannot begin with this character unless it is quoted."),
        say("Quote the text."),
    ),
    (
        "expected the node content",
        say("A value is missing here."),
        say("Check commas, brackets and quotes on this line."),
    ),
    (
        "entries are not allowed here",
        say("A list cannot begin here."),
        say("Begin it on a line of its own, or write `[a, b]`."),
    ),
    (
        "mapping keys are not allowed",
        say("A text cannot begin with this character unless it is quoted."),
        say("Quote the text."),
    ),
    (
        "indicator",
        say("After `|` or `>` the line must end."),
        say("Begin the text on the next line, indented; or quote a text that begins with `|` or `>`."),
    ),
    (
        "expected a comment or a line break",
        say("After `|` or `>` the line must end."),
        say("Begin the text on the next line, indented; or quote a text that begins with `|` or `>`."),
    ),
    (
        "document start",
        say("Before this a document should have begun."),
        say("Remove lines that begin with % or `...`."),
    ),
    (
        "tag",
        say("A text cannot begin with this character unless it is quoted."),
        say("Quote the text."),
    ),
    (
        "expected URI",
        say("A text cannot begin with this character unless it is quoted."),
        say("Quote the text."),
    ),
    (
        "YAML document",
        say("Lines that begin with % are not allowed."),
        say("Remove it."),
    ),
    (
        "YAML directive",
        say("Lines that begin with % are not allowed."),
        say("Remove it."),
    ),
)
