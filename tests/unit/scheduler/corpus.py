"""The programs of tests/programs and what has to be said about each; the table is expected.toml beside them."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

PROGRAMS = Path(__file__).parents[2] / "programs"
TABLE = PROGRAMS / "expected.toml"
WITHIN = 200


@dataclass(frozen=True, slots=True)
class Entry:
    """One program. `also`: verdicts that are right as well; `lines`: a finding names at least one of them, () where none is asked.

    `twin`: the same program mended, or the one this mends. `advice`: True one piece at least, False none, None either.
    """

    path: Path
    name: str
    verdict: str
    also: tuple[str, ...]
    label: str | None
    lines: tuple[int, ...]
    twin: Path | None
    advice: bool | None
    within: int
    why: str

    @property
    def verdicts(self) -> frozenset[str]:
        """All that are right."""
        return frozenset({self.verdict, *self.also})

    @property
    def is_sound(self) -> bool:
        return self.verdict == "ok"

    def files(self) -> dict[str, str]:
        """What lies in its folder, as a program sees it: itself and its siblings, by file name."""
        return {each.name: each.read_text(encoding="utf-8") for each in sorted(self.path.parent.glob("*.py"))}


def load() -> dict[str, Entry]:
    """Name (path from tests/programs) -> entry, in the order of the table."""
    table = tomllib.loads(TABLE.read_text(encoding="utf-8"))
    return {name: _entry(name, row) for name, row in table.items()}


def _entry(name: str, row: dict) -> Entry:
    known = {"verdict", "also", "label", "lines", "twin", "advice", "within", "why"}
    assert set(row) <= known, (name, set(row) - known)
    return Entry(
        path=PROGRAMS / name,
        name=name,
        verdict=row["verdict"],
        also=tuple(row.get("also", ())),
        label=row.get("label"),
        lines=tuple(row.get("lines", ())),
        twin=PROGRAMS / row["twin"] if "twin" in row else None,
        advice=row.get("advice"),
        within=row.get("within", WITHIN),
        why=row["why"],
    )


CORPUS = load()


def broken() -> list[Entry]:
    """Programs in which something has to be found."""
    return [entry for entry in CORPUS.values() if not entry.is_sound]


def sound() -> list[Entry]:
    """Programs about which nothing may be said but advice."""
    return [entry for entry in CORPUS.values() if entry.is_sound]
