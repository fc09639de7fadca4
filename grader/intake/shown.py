"""Hostile text made fit to show: names of files and folders, addresses, what a remote said."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})  # controls, bidi and zero-width, surrogates, unassigned
LONGEST = 200


def shown(text: str, longest: int = LONGEST) -> str:
    r"""`text` with every control, bidi, zero-width and undecodable character escaped; cut in the middle when too long.

    A byte that is not UTF-8 (kept by surrogateescape) shows as `\xNN`.
    """
    out = []
    for char in text:
        if "\udc80" <= char <= "\udcff":
            out.append(f"\\x{ord(char) - 0xDC00:02x}")
        elif unicodedata.category(char) in _HIDDEN:
            out.append(f"\\u{ord(char):04x}" if ord(char) < 0x10000 else f"\\U{ord(char):08x}")
        else:
            out.append(char)
    safe = "".join(out)
    half = longest // 2
    return safe if len(safe) <= longest else f"{safe[:half]}…{safe[-half:]}"


def listed(names: Iterable[str], most: int = 20) -> str:
    """The names, shown, sorted, with the number of those left out."""
    every = sorted(names)
    text = ", ".join(shown(name) for name in every[:most])
    return text if len(every) <= most else f"{text}, … (+{len(every) - most})"


def redacted(text: str) -> str:
    """`text` without whatever might be a secret in an address: everything before the last `@`, and after `?` or `#`."""
    text = re.split(r"[?#]", text, maxsplit=1)[0]
    if "@" in text:
        scheme, separator, rest = text.partition("://")
        tail = (rest if separator else text).rpartition("@")[2]
        text = f"{scheme}://…@{tail}" if separator and "@" not in scheme else f"…@{tail}"
    return shown(text)
