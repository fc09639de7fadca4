"""What a grading is: one record per check, and the facts about the run. Plain values only; equal inputs give equal bytes."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Self

from grader.judge.verdicts import Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping

Json = Any  # None, bool, int, str, list, dict: whatever json.dumps takes without floats


@dataclass(frozen=True, slots=True)
class CheckRecord:
    """One check of one grading.

    `points` and `max` are exact; `message` is `{"zh": ..., "en": ...}`. `evidence` has any of these keys, all plain:
    `case` (parameter id), `call` (as text), `got`, `assertion` (pytest's explanation), `why`, `traceback`
    (list of {file, line, function, text}, student's frames, innermost last), `exception`, `output` {text, truncated},
    `events` (list of event dicts), `cycle` (list of {task, waits_for, held_by, line}), `tasks`, `left`, `runs`, `real` (true:
    real runs, not explored), `seed`, `expected_choice`, `answer`, `terms`, `needs`.

    Of an exploration: `asked` {kind, name, args (tagged), stdin, watch}, `explored` {schedules, exhausted, bound {mode, preemptions,
    sampled}, seed, python, advice, scaled}, `kind` (deadlock, error, hang, ... fail, race), `label` (happens, language, overrun),
    `schedule` {schedule, time, seed}, `steps` (the last ones; `earlier`: how many are left out), `tasks` (where each stands, dicts),
    `races`, `value` (tagged). Of a pass: `looked`, a list of `explored`, each with its `call`.
    """

    test: str
    verdict: Verdict
    points: Decimal
    max: Decimal
    message: Mapping[str, str]
    evidence: Mapping[str, Json] = field(default_factory=dict)

    def to_json(self) -> dict[str, Json]:
        """As in the JSON contract; points as decimal strings."""
        return {
            "test": self.test,
            "verdict": self.verdict.value,
            "points": str(self.points),
            "max": str(self.max),
            "message": dict(self.message),
            "evidence": dict(self.evidence),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Json]) -> Self:
        """The inverse of `to_json`."""
        return cls(
            test=data["test"],
            verdict=Verdict(data["verdict"]),
            points=Decimal(data["points"]),
            max=Decimal(data["max"]),
            message=data["message"],
            evidence=data["evidence"],
        )


@dataclass(frozen=True, slots=True)
class Grading:
    """One run of the judge over one snapshot. `checks` follow the assignment's order."""

    execution: str  # execution digest
    snapshot: str  # snapshot digest
    sandbox: str  # backend name
    python: str
    checks: tuple[CheckRecord, ...]
    duration_ms: int

    def canonical(self) -> bytes:
        """What must be equal between two gradings of one snapshot: checks and execution."""
        return json.dumps(
            {"checks": [c.to_json() for c in self.checks], "execution": self.execution},
            ensure_ascii=False,
            sort_keys=True,
            separators=(",", ":"),
        ).encode()
