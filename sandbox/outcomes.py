"""What runs that did not fail came to: plain data, equal for equal behaviour."""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.protocol import dump_value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from sandbox.program import Run
    from sandbox.scheduler.schedule import Schedule

MOST_PRINTED = 20_000  # characters of a script's output that are kept


@dataclass(frozen=True, slots=True)
class Outcome:
    """What some runs came to, as plain data, and the first schedule that led there."""

    facts: dict[str, Any]
    seconds: float  # virtual
    schedule: Schedule
    early: bool  # a sleep or timeout was overrun

    def to_json(self) -> dict[str, Any]:
        """As the judge reads it."""
        return {
            **self.facts,
            "seconds": dump_value(self.seconds),
            "early": self.early,
            "schedule": self.schedule.to_json(),
        }


def facts_of(run: Run) -> dict[str, Any]:
    """What a run came to, as plain data."""
    return {"value": run.outcome.get("value"), "events": run.events, "left": run.outcome["left"], **printed(run)}


def printed(run: Run) -> dict[str, Any]:
    """Of a script: what it printed and how it ended."""
    if run.is_call:
        return {}
    text = {"stdout": "", "stderr": ""}
    for _, stream, more in run.output:
        text[stream] += more
    return {"exit": run.exit_code, **{name: value[:MOST_PRINTED] for name, value in text.items()}}
