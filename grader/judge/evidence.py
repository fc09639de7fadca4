"""What a verdict carries: the exception that ends a test with one, and the plain, bounded, repeatable form of its evidence."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from _pytest.outcomes import Failed

from grader.judge.verdicts import MEANINGS, Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping

    from grader.language import Message

OUTPUT_SHOWN = 2000  # characters of a run's output in evidence: head and tail of that
TEXT_SHOWN = 2000
EVIDENCE_TEXT, EVIDENCE_ITEMS, EVIDENCE_DEPTH = 5000, 250, 8  # the most that a record carries, whoever wrote it


class Finding(Failed):
    """Ends a test with a verdict that is not a plain failure. Raised by the proxies."""

    def __init__(
        self, verdict: Verdict, message: Message | None = None, evidence: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(msg=verdict.value, pytrace=False)
        self.verdict = verdict
        self.message = message or MEANINGS[verdict].sentence
        self.evidence = dict(evidence or {})


def head_and_tail(text: str, room: int = OUTPUT_SHOWN) -> str:
    """The text, or its beginning and end with a mark between."""
    return text if len(text) <= room else f"{text[: room * 2 // 3]}\n…\n{text[-room // 3 :]}"


def scrub(text: str) -> str:
    """Text without memory addresses, which no two runs share."""
    return re.sub(r"\b0x[0-9a-fA-F]{6,}\b", "0x…", text)


def plain(data: Any, depth: int = 0) -> Any:
    """Evidence and messages as they may be kept, shown and sent: no addresses, no NUL, no lone surrogate, nothing endless."""
    if depth > EVIDENCE_DEPTH:
        return "…"
    if isinstance(data, str):
        text = head_and_tail(scrub(data), EVIDENCE_TEXT)
        return text.replace("\0", "\\x00").encode("utf-8", "backslashreplace").decode()
    if isinstance(data, dict):
        return {plain(str(key), depth): plain(value, depth + 1) for key, value in list(data.items())[:EVIDENCE_ITEMS]}
    if isinstance(data, list | tuple):
        return [plain(item, depth + 1) for item in data[:EVIDENCE_ITEMS]]
    return data if data is None or isinstance(data, bool | int) else plain(str(data), depth)
