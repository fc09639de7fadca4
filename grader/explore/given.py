"""What a report hands over beside a schedule: the scenario that was run with its source and arguments, and what the exercise lays down.

`{"scenario": {"name", "args" (tagged), "source"}, "watch", "stdin", "prelude", "files", "verdict"?, "value"?}`; with `schedule`, `time`
and `seed` it is what `replay` takes, without them `explore --scenario` takes it as well.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from sandbox import protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

SCENARIOS = "scenarios.py"
MOST_BYTES = 2**22


@dataclass(frozen=True, slots=True)
class Given:
    """One call, ready to be asked of the scheduler."""

    name: str = ""  # "": the file as a script
    args: tuple[Any, ...] = ()  # tagged
    source: str = ""  # of the scenarios
    watch: tuple[str, ...] = ()
    stdin: str = ""
    prelude: str = ""
    files: Mapping[str, str] = field(default_factory=dict)
    verdict: str = ""  # what it came to where it was recorded
    value: Any = None
    has_value: bool = False

    def ask(self, files: dict[str, bytes], request: dict[str, Any]) -> None:
        """Puts the call into a request and its scenarios among the files."""
        if self.source:
            files[SCENARIOS] = self.source.encode()
        request |= {
            "args": list(self.args),
            "watch": list(self.watch),
            "prelude": self.prelude,
            "files": dict(self.files),
        }
        request["stdin"] = request["stdin"] or self.stdin
        if self.name:
            request["scenario"] = [SCENARIOS if self.source else "", self.name]


def read_given(data: bytes) -> Given | None:
    """None where the JSON has no scenario. Raises ValueError for one of another shape, however odd."""
    found = json.loads(data[: MOST_BYTES + 1]) if len(data) <= MOST_BYTES else None
    if not isinstance(found, dict):
        raise ValueError("no object")  # noqa: TRY004 - any fault of the file is one kind of error
    scenario = found.get("scenario")
    if scenario is None:
        return None
    if not isinstance(scenario, dict):
        raise ValueError("no scenario")  # noqa: TRY004
    name, args = _text(scenario, "name"), scenario.get("args", [])
    if name and not name.isidentifier():
        raise ValueError("no name")
    if not isinstance(args, list):
        raise ValueError("no arguments")  # noqa: TRY004
    try:
        for each in args:
            protocol.load_value(each)
    except protocol.ProtocolError as error:
        raise ValueError(str(error)) from None
    watch, files = found.get("watch", []), found.get("files", {})
    if not isinstance(watch, list) or not all(isinstance(each, str) for each in watch):
        raise ValueError("no kinds of events")
    if not isinstance(files, dict) or not all(
        isinstance(text, str) and is_inside(path) for path, text in files.items()
    ):
        raise ValueError("no files")
    return Given(
        name, tuple(args), _text(scenario, "source"), tuple(watch), _text(found, "stdin"), _text(found, "prelude"), files,
        _text(found, "verdict"), found.get("value"), "value" in found,
    )  # fmt: skip


def is_inside(path: str) -> bool:
    """Whether a path stays in the folder it is taken from, on every system."""
    parts = PurePosixPath(path).parts
    return bool(parts) and not path.startswith("/") and ".." not in parts and not any(sign in path for sign in "\\:\0")


def _text(found: Mapping[str, Any], key: str) -> str:
    text = found.get(key, "")
    if not isinstance(text, str):
        raise ValueError(key)  # noqa: TRY004
    return text
