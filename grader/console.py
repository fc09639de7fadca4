"""What the command line prints: language, tables, JSON, progress, errors. Never raises over an encoding."""

from __future__ import annotations

import contextlib
import json
import locale
import os
import sys
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from grader.language import LANGUAGES, Message

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from grader.errors import GraderError
    from grader.language import Language


def preferred_language(asked: str | None, course: str | None = None) -> Language:
    """`--lang`, else GRADER_LANG, else the course's language, else the system's; English where nothing fits."""
    system = (locale.getlocale()[0] or os.environ.get("LANG", "")).lower()
    for wish in (asked, os.environ.get("GRADER_LANG"), course, "zh" if system.startswith(("zh", "chinese")) else None):
        if wish in LANGUAGES:
            return wish
    return "en"


WIDE = 240  # columns where nobody looks at a terminal: a file takes any width


def _console(*, stderr: bool) -> Console:
    console = Console(stderr=stderr, highlight=False, soft_wrap=True)
    if not console.is_terminal:
        console.width = WIDE
    return console


class Screen:
    """Standard output and error in one language. With `is_json`, output is JSON and everything else goes to standard error."""

    def __init__(self, language: Language, *, is_json: bool = False) -> None:
        for stream in (sys.stdout, sys.stderr):
            if hasattr(stream, "reconfigure"):
                stream.reconfigure(errors="backslashreplace")  # a console in cp936 shows what it can
        self.language, self.is_json = language, is_json
        self.out, self.errors = _console(stderr=is_json), _console(stderr=True)

    def say(self, message: Message, style: str = "") -> None:
        """A sentence of ours."""
        self.out.print(escape(message.render(self.language)), style=style or None)

    def text(self, text: str) -> None:
        """Text as it is: nothing in it is markup."""
        self.out.print(escape(text))

    def json(self, data: Any) -> None:
        """One JSON value on a line of standard output."""
        encoding = (sys.stdout.encoding or "ascii").lower().replace("-", "")
        print(json.dumps(data, ensure_ascii=encoding != "utf8", separators=(", ", ": ")), flush=True)  # noqa: T201 - data, not a message

    def table(self, heads: Sequence[Message | str], rows: Iterable[Sequence[str]], styles: Sequence[str] = ()) -> None:
        """A table; cells are never markup."""
        table = Table(
            *(h.render(self.language) if isinstance(h, Message) else h for h in heads), box=None, pad_edge=False
        )
        for column, style in zip(table.columns, styles, strict=False):
            column.style = style
        for row in rows:
            table.add_row(*(escape(cell) for cell in row))
        self.out.print(table)

    def error(self, error: GraderError) -> None:
        """What happened, where, what to do."""
        self.errors.print(escape(error.render(self.language)), style="red" if error.exit_status == 2 else "yellow")

    @contextlib.contextmanager
    def progress(self, text: Message) -> Iterator[Progress]:
        """A progress bar on standard error; silent where that is no terminal."""
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        with Progress(*columns, console=self.errors, disable=not self.errors.is_terminal, transient=True) as bar:
            bar.add_task(escape(text.render(self.language)), total=None)
            yield bar
