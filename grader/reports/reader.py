"""Who reads, and what is shown beside a grade."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from grader.judge.records import CheckRecord
    from grader.language import Language
    from grader.reports.visibility import Audience


@dataclass(frozen=True, slots=True)
class Material:
    """What a report shows beside the grade: the graded files, and the checks of the attempt before (None: there was none).

    `scenarios`: the exercise's public ones, which go with a schedule.
    """

    files: Mapping[str, bytes] = field(default_factory=dict)
    previous: tuple[CheckRecord, ...] | None = None
    scenarios: str = ""


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads, in which language, when (decides only whether an answer key may be shown)."""

    language: Language
    now: datetime
    audience: Audience = "student"
