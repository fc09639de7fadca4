"""The printable form of one order: who goes on for how many steps, over and over."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any, Self


@dataclass(frozen=True, slots=True)
class Schedule:
    """`segments`: (task, steps) pairs. `late`: the time mode it was found in. `seed`: of the program's own random values."""

    segments: tuple[tuple[int, int], ...]
    late: bool = False
    seed: int = 0

    @classmethod
    def of(cls, choices: Iterable[int], *, late: bool = False, seed: int = 0) -> Self:
        """From the task of every step."""
        return cls(tuple((task, sum(1 for _ in group)) for task, group in groupby(choices)), late, seed)

    @property
    def switches(self) -> int:
        """Context switches in it."""
        return max(0, len(self.segments) - 1)

    def to_json(self) -> dict[str, Any]:
        """As `replay` takes it."""
        return {
            "schedule": " ".join(f"{task}x{steps}" for task, steps in self.segments),
            "time": "late" if self.late else "strict",
            "seed": self.seed,
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        """Raises ValueError, KeyError when it is none."""
        pairs = (word.split("x") for word in value["schedule"].split())
        if value["time"] not in ("strict", "late"):
            raise ValueError(value["time"])
        return cls(tuple((int(task), int(steps)) for task, steps in pairs), value["time"] == "late", int(value["seed"]))
