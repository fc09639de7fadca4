"""Places in the source at which shared state may be accessed, numbered."""

from __future__ import annotations

from dataclasses import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import CodeType


@dataclass(frozen=True, slots=True)
class Site:
    """One access in the text. `name` is what a person calls it: `counter`, `self.n`, `d[k]`.

    `kind`: global, closure, attribute, item, method (of a container), container (read by a builtin, `in`, a truth test), iteration.
    `is_atomic`: one container operation, which CPython does in one go: two such do not race, however they are ordered. Not so the two
    halves of `d[k] += 1`, and not an iteration (against an append harmless for a list, a RuntimeError for a dict or a set: the key says
    which). `role`, what becomes of a value: `update` (it flows into a write of the same variable, or is that write), `guard` and `poll`
    (tested by `if`, by `while`), `display` (printed), `constant` (a literal is written), else empty.
    """

    kind: str
    name: str
    file: str
    line: int
    column: int
    is_write: bool
    is_atomic: bool = False
    role: str = ""


class Sites:
    """All sites of a program, numbered from 1. The same site has the same number when a file is rewritten again.

    Sites in `cold` get no code then: what is switched off for good costs nothing.
    """

    def __init__(self) -> None:
        self._sites: list[Site | None] = [None]
        self._numbers: dict[Site, int] = {}
        self.cold: set[int] = set()

    def number(self, site: Site) -> int:
        """Of a site, which is taken up if it is new."""
        number = self._numbers.get(site)
        if number is None:
            number = self._numbers[site] = len(self._sites)
            self._sites.append(site)
        return number

    def __getitem__(self, number: int) -> Site:
        site = self._sites[number]
        if site is None:
            raise IndexError(number)
        return site

    def __iter__(self) -> Iterator[int]:
        return iter(range(1, len(self._sites)))


@dataclass(frozen=True, slots=True)
class Rewritten:
    """`scaled`: (line, old, new) of literals cut down. `flags`: (name, line) of what could reach into the scheduler."""

    code: CodeType
    scaled: tuple[tuple[int, int, int], ...]
    flags: tuple[tuple[str, int], ...]
