"""What a reference test can ask: `call`, `script`, `explore`, `score`. Everything a test learns comes through here."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from grader.judge.desk import Desk, Ran, called, ran, report_value, scripted
from grader.judge.explore import Asked, Exploration, explore
from grader.judge.explored import value_of
from grader.judge.findings import raise_problems
from sandbox.protocol import dump_value

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from grader.judge.answer import Event, Report
    from grader.judge.explored import Came


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
        """The script under every schedule; each run's value is what `script` returns."""

        def once(plan: str) -> Report:
            return scripted(self.desk, args, stdin, files, watch.split(), plan, again=False)

        def value(came: Came, events: tuple[Event, ...]) -> Ran:
            return Ran(came.exit, came.stdout, came.stderr, [], came.left, events)

        words = [str(word) for word in args]
        request = self.desk.exploration("script", watch.split(), args=words, stdin=stdin, files=dict(files or {}))
        call = " ".join(["python", self.desk.submit, *words])[:1000]
        return explore(self.desk, Asked(request, call, once, ran, value), expect, allow, leaves)


@dataclass(frozen=True)
class Explore:
    """`explore(name, *args, watch, expect, allow, leaves)`: a function under every schedule."""

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

        def value(came: Came, _: tuple[Event, ...]) -> Any:
            return value_of(came.value)

        request = self.desk.exploration("call", watch.split(), name=name, args=dump_value(list(args)))
        call = f"{name}({', '.join(map(repr, args))})"[:1000]
        return explore(self.desk, Asked(request, call, once, report_value, value), expect, allow, leaves)


@dataclass
class Score:
    """`score.part("1.5")`: points earned so far in this test, exact; what counts when the test does not pass."""

    earned: Decimal | None = None

    def part(self, points: str | int | Decimal) -> None:
        self.earned = Decimal(points)
