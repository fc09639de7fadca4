"""Product texts in two languages, from one catalogue.

English stands in the code, `say("{n} files were found.", n=3)`; Chinese stands in `locale/zh/*.po`, one file a package.
A test extracts every `say(...)` and every template text and fails when a translation is missing.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from babel.messages.pofile import read_po

if TYPE_CHECKING:
    from collections.abc import Mapping

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")
CATALOGUE = Path(__file__).parent / "locale"


@functools.cache
def catalogue(language: Language) -> Mapping[str, str]:
    """English text -> text in `language`, from every file of the catalogue; empty for English itself."""
    texts: dict[str, str] = {}
    for path in sorted((CATALOGUE / language).glob("*.po")):
        with path.open("rb") as file:
            texts.update((str(m.id), str(m.string)) for m in read_po(file, locale=language) if m.id and m.string)
    return texts


def translate(text: str, language: Language) -> str:
    """`text` in `language`, or as it stands where the catalogue has none."""
    return catalogue(language).get(text, text)


@dataclass(frozen=True, slots=True)
class Message:
    """A sentence with its values, not yet in any language. Values may be messages themselves."""

    text: str
    values: Mapping[str, object]

    def render(self, language: Language) -> str:
        """The sentence in one language; a value's braces are never read as placeholders."""
        return translate(self.text, language).format_map(
            {name: v.render(language) if isinstance(v, Message) else v for name, v in self.values.items()}
        )

    def both(self) -> dict[str, str]:
        """`{"zh": ..., "en": ...}`, the form of the JSON contract."""
        return {language: self.render(language) for language in LANGUAGES}

    def __str__(self) -> str:
        return self.render("en")


def say(text: str, /, **values: object) -> Message:
    """A product text: English with `{named}` places; the catalogue holds the Chinese."""
    return Message(text, values)
