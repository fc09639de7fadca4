"""`kit`: the zip that a student takes home."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from grader.errors import UsageError
from grader.kit.make import kit as make
from grader.language import say

if TYPE_CHECKING:
    from grader.verbs.context import Context


def kit(c: Context, name: str, into: Path | None) -> None:
    """Writes NAME.zip and says where."""
    w = c.workspace
    data = make(w.assignment(name), w.version(name).reference, c.screen.language)
    path = (into or Path()) / f"{name}.zip"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    except OSError as error:
        raise UsageError(say("{path} cannot be written: {why}", path=path, why=error.strerror or "")) from None
    if c.screen.is_json:
        c.screen.json({"kit": str(path)})
    else:
        c.screen.text(str(path))
