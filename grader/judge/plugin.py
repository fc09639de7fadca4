"""The pytest plugin of a judge process: fixtures for tests, their order, one record for every check.

pytest runs once per assignment version: it collects, then this plugin's run loop forks a child for every submission.
"""

from __future__ import annotations

import hashlib
import random
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from _pytest.runner import runtestprotocol

from grader.judge.evidence import Finding, plain, scrub
from grader.judge.proxies import Call, Explore, Score, Script
from grader.judge.verdicts import MEANINGS, Verdict
from grader.language import Message, say

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping

    from grader.judge.desk import Desk

ASSERTION_SHOWN = 4000


class Plugin:
    """Holds the submission of this (forked) process while its tests run."""

    def __init__(self, serve: Callable[[Plugin, pytest.Session], None]) -> None:
        self._serve = serve
        self.items: dict[str, list[pytest.Item]] = {}
        self.problem: Mapping[str, Any] | None = None
        self.desk: Desk
        self.seed = ""
        self._outcomes: dict[str, Outcome] = {}
        self._current: Outcome | None = None

    # -- pytest's hooks -------------------------------------------------------------------------------------------

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Instead of running what was collected: serve submissions until the worker hangs up."""
        for item in session.items:
            self.items.setdefault(getattr(item, "originalname", item.name), []).append(item)
        self._serve(self, session)
        return True

    @pytest.hookimpl(wrapper=True)
    def pytest_make_collect_report(self) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
        report = yield
        if report.failed:
            self.problem = {"text": str(report.longrepr)[-2000:]}
        return report

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        report = yield
        assert self._current is not None
        if report.skipped or hasattr(report, "wasxfail"):
            self._current.set_aside()
        elif call.excinfo is not None and self._current.verdict is None:
            self._current.failed(call.excinfo, reached=self.desk.asked > self._current.asked_before)
        elif report.failed and self._current.verdict is None:
            self._current.set_aside()
        return report

    # -- fixtures -------------------------------------------------------------------------------------------------

    @pytest.fixture
    def call(self) -> Call:
        return Call(self.desk)

    @pytest.fixture
    def script(self) -> Script:
        return Script(self.desk)

    @pytest.fixture
    def explore(self) -> Explore:
        return Explore(self.desk)

    @pytest.fixture
    def inputs(self, request: pytest.FixtureRequest) -> random.Random:
        """Random inputs that depend on assignment, student and test, and on nothing else."""
        text = f"{self.seed}\0{request.node.name}"
        return random.Random(int.from_bytes(hashlib.sha256(text.encode()).digest()))  # noqa: S311 - reproducible on purpose

    @pytest.fixture
    def score(self) -> Score:
        assert self._current is not None
        return self._current.score

    # -- running --------------------------------------------------------------------------------------------------

    def run_test(self, name: str) -> list[Outcome]:
        """All cases of one test function, in their order; an unknown name has none."""
        outcomes = []
        for item in self.items.get(name, []):
            callspec = getattr(item, "callspec", None)
            self._current = Outcome(case=callspec.id if callspec else "", asked_before=self.desk.asked)
            self.desk.pending.clear()
            self.desk.looked.clear()
            runtestprotocol(item, log=False, nextitem=None)
            if self.desk.pending and self._current.verdict is None:
                self._current.found(self.desk.pending[0])
            self._current.passed_if_asked(self.desk.asked)
            self._current.looked = tuple(self.desk.looked)
            outcomes.append(self._current)
        return outcomes


class Outcome:
    """What one case of one test came to. Starts without a verdict; a pass needs at least one answered run."""

    def __init__(self, case: str, asked_before: int) -> None:
        self.case, self.asked_before = case, asked_before
        self.verdict: Verdict | None = None
        self.message: Message | None = None
        self.evidence: dict[str, Any] = {"case": case} if case else {}
        self.score = Score()
        self.looked: tuple[Mapping[str, Any], ...] = ()

    def found(self, finding: Finding) -> None:
        """The verdict of a finding, with its evidence."""
        self.verdict, self.message = finding.verdict, finding.message
        self.evidence |= finding.evidence

    def set_aside(self) -> None:
        """The exercise's own test is skipped, or marked to fail: nothing is shown, nothing is lost."""
        self.verdict, self.message = (
            Verdict.UNSUPPORTED,
            say("The exercise's own test was skipped or is marked to fail."),
        )

    def failed(self, excinfo: pytest.ExceptionInfo[BaseException], *, reached: bool) -> None:
        """From an exception that ended the test to a verdict."""
        error = excinfo.value
        if isinstance(error, Finding):
            self.found(error)
        elif not reached:
            self.verdict, self.message = Verdict.INFRA, say("The exercise's own test failed before your code ran.")
            self.evidence["assertion"] = scrub(excinfo.exconly())[:ASSERTION_SHOWN]
        else:
            self.verdict = Verdict.FAIL
            self.evidence["assertion"] = scrub(excinfo.exconly(tryshort=True))[:ASSERTION_SHOWN]

    def passed_if_asked(self, asked_after: int) -> None:
        """A test that never asked for a run has shown nothing."""
        if self.verdict is None and asked_after > self.asked_before:
            self.verdict = Verdict.PASS
            self.evidence.pop("case", None)
        elif self.verdict is None:
            self.verdict, self.message = (
                Verdict.INFRA,
                say("The exercise's own test asked for no run of the submission."),
            )

    def points(self, most: Decimal) -> Decimal:
        """All of them when passed without a part, else what the test had awarded until it ended. A penalty is lost unless passed.

        What is not judged (`is_final` false) earns nothing and costs nothing.
        """
        verdict = self.verdict or Verdict.INFRA
        if not MEANINGS[verdict].is_final:
            return Decimal(0)
        if most < 0:
            lost = Decimal(0) if verdict is Verdict.PASS else most
            return lost if self.score.earned is None else min(max(self.score.earned, most), Decimal(0))
        if self.score.earned is not None:
            return min(self.score.earned, most)
        return most if verdict is Verdict.PASS else Decimal(0)

    def record(self, test: str, most: Decimal) -> dict[str, Any]:
        """As a CheckRecord in JSON form."""
        verdict = self.verdict or Verdict.INFRA
        points = self.points(most)
        if verdict is Verdict.PASS and points != max(most, Decimal(0)):
            verdict = Verdict.FAIL
        message = self.message or MEANINGS[verdict].sentence
        return {
            "test": test, "verdict": verdict.value, "points": str(points), "max": str(most),
            "message": plain(message.both()), "evidence": plain(self.evidence),
        }  # fmt: skip
