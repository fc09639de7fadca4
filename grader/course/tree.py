"""Values as somebody wrote them: a plain dict, list and str that know where they stand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Self

if TYPE_CHECKING:
    from grader.errors import Place

Kind = Literal["str", "int", "float", "bool", "null", "timestamp"]
Path = tuple[str | int, ...]


class Scalar(str):  # noqa: SLOT000 - it carries its place
    """The characters of one value, what YAML takes them for, and where they stand."""

    place: Place
    kind: Kind
    is_plain: bool  # neither quoted nor a block

    @classmethod
    def of(cls, text: str, *, place: Place, kind: Kind, is_plain: bool) -> Self:
        scalar = cls(text)
        scalar.place, scalar.kind, scalar.is_plain = place, kind, is_plain
        return scalar


class Items(list["Tree"]):
    place: Place


class Map(dict[str, "Tree"]):
    place: Place
    keys_at: dict[str, Place]
    allowed: tuple[str, ...] = ()  # the keys its reader knows, for near matches

    def at(self, path: Path) -> Place:
        """Where the value at `path` stands, or the nearest thing above it that exists."""
        here: Tree = self
        for step in path:
            if isinstance(here, Map) and step in here:
                here = here[str(step)]
            elif isinstance(here, Items) and isinstance(step, int) and step < len(here):
                here = here[step]
        return here.place

    def key_at(self, path: Path) -> Place:
        """Where the key that ends `path` stands."""
        parent = self.under(path[:-1])
        return parent.keys_at.get(str(path[-1]), parent.place) if isinstance(parent, Map) else self.at(path)

    def under(self, path: Path) -> Tree:
        """The value at `path`, or the nearest above it that exists."""
        here: Tree = self
        for step in path:
            if isinstance(here, Map) and step in here:
                here = here[str(step)]
            elif isinstance(here, Items) and isinstance(step, int) and step < len(here):
                here = here[step]
        return here


Tree = Scalar | Items | Map
