"""Questions answered in a YAML file of the repository: what was asked, and how an answer is marked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from grader.course.text import Text


@dataclass(frozen=True, slots=True)
class Quiz:
    """One question of exactly one kind.

    `choose` with `answer` (counted from 1); `fill`, accepted spellings for each blank, blanks in any order; `order`, the right
    order; `terms`, what a short answer should mention (a teaching assistant decides).
    """

    ask: Text
    choose: tuple[Text, ...] = ()
    answer: int | None = None
    fill: tuple[tuple[str, ...], ...] = ()
    order: tuple[str, ...] = ()
    terms: tuple[str, ...] | None = None
    type: Literal["quiz"] = "quiz"
