"""What a reference test can ask: `call`, `script`, `explore`, `score`. Everything a test learns comes through here."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from grader.judge.desk import Desk, Ran, called, ran, report_value, scripted
from grader.judge.explore import Exploration, explored
from grader.judge.findings import raise_problems

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from grader.judge.answer import Report


@dataclass(frozen=True)
class Call:
    """`call(name, *args)`: once, for real; the value, or the test ends with a verdict."""

    desk: Desk

    def __repr__(self) -> str:
        return "call"

    def __call__(self, name: str, *args: Any) -> Any:
        report = called(self.desk, name, args, (), "plain", again=True)
        raise_problems(report, self.desk.submit)
        return report_value(report)


@dataclass(frozen=True)
class Script:
    """`script(args, stdin, files)`: the file as a person runs it. An uncaught exception in any task ends the test."""

    desk: Desk

    def __repr__(self) -> str:
        return "script"

    def __call__(self, args: Sequence[str] = (), stdin: str = "", files: Mapping[str, str] | None = None) -> Ran:
        report = scripted(self.desk, args, stdin, files, (), "plain", again=True)
        raise_problems(report, self.desk.submit)
        return ran(report)

    def explore(
        self,
        args: Sequence[str] = (),
        stdin: str = "",
        files: Mapping[str, str] | None = None,
        *,
        watch: str = "start join",
        expect: str | None = None,
        allow: Iterable[str] = (),
        leaves: Iterable[str] | None = None,
    ) -> Exploration:
        """The script under forced orders; each run's value is what `script` returns."""

        def once(plan: str) -> Report:
            return scripted(self.desk, args, stdin, files, watch.split(), plan, again=False)

        return explored(self.desk, once, ran, expect, allow, leaves)


@dataclass(frozen=True)
class Explore:
    """`explore(name, *args, watch, expect, allow, leaves)`: until the scheduler decides, real runs under forced bad orders."""

    desk: Desk

    def __repr__(self) -> str:
        return "explore"

    def __call__(
        self,
        name: str,
        *args: Any,
        watch: str = "note start join",
        expect: str | None = None,
        allow: Iterable[str] = (),
        leaves: Iterable[str] | None = None,
    ) -> Exploration:
        def once(plan: str) -> Report:
            return called(self.desk, name, args, watch.split(), plan, again=False)

        return explored(self.desk, once, report_value, expect, allow, leaves)


@dataclass
class Score:
    """`score.part("1.5")`: points earned so far in this test, exact; what counts when the test does not pass."""

    earned: Decimal | None = None

    def part(self, points: str | int | Decimal) -> None:
        self.earned = Decimal(points)
