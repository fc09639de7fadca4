"""From facts to lateness: the rules are `grader.course.lateness`'s; here is only which facts they are given."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from grader.store.records import Extension

try:
    from grader.course.lateness import Late
except ImportError:

    @dataclass(frozen=True, slots=True)
    class Late:  # type: ignore[no-redef]
        state: str
        minutes: int
        days: int
        penalty: Decimal
        slip_days: int


NOT_LATE = Late("on_time", 0, 0, Decimal(0), 0)


def due_for(due: datetime | None, extension: Extension | None) -> datetime | None:
    """The due time of one student: the later of the class's and the own one. It holds through the end of its minute."""
    if due is None or extension is None:
        return due
    return max(due, extension.until)
