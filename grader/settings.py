"""What the environment may set; everything else is in the course folder."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Self


@dataclass(frozen=True, slots=True)
class Settings:
    """Where facts live. `GRADER_HOME` (default COURSE/.grader), `GRADER_DATABASE` (default SQLite in that folder)."""

    home: Path
    database: str

    @classmethod
    def of(cls, course_root: Path) -> Self:
        """The settings for one course, from the environment."""
        home = Path(os.environ.get("GRADER_HOME") or course_root / ".grader").resolve()
        return cls(home=home, database=os.environ.get("GRADER_DATABASE") or f"sqlite:///{home / 'grader.sqlite'}")
