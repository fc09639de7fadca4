"""What somebody probably meant."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def near(word: str, options: Iterable[str]) -> str | None:
    """The option somebody probably meant, None when nothing is close."""
    by_key = {_key(option): option for option in sorted(options)}
    found = difflib.get_close_matches(_key(word), list(by_key), n=1, cutoff=0.6)
    return by_key[found[0]] if found else None


def _key(word: str) -> str:
    return word.casefold().replace("-", "_").replace(" ", "_")
