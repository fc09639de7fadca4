"""An instructor's own text: one string in the course's language, or one string per language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from grader.language import Language


@dataclass(frozen=True, slots=True)
class Text:
    """At least one of the two is given; a reader of the other language gets the one there is."""

    zh: str | None = None
    en: str | None = None

    @classmethod
    def of(cls, text: str, language: Language) -> Self:
        """A text that exists in one language."""
        return cls(zh=text) if language == "zh" else cls(en=text)

    def render(self, language: Language) -> str:
        """The text for a reader of `language`."""
        first, second = (self.zh, self.en) if language == "zh" else (self.en, self.zh)
        return first if first is not None else second or ""
