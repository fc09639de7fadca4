"""The judge process of one assignment version: `python -m grader.judge.server FOLDER`, pipes on stdin and stdout, nothing else.

    in   {"grade": {"student", "seed", "submit", "output", "is_check", "checks": [{name, points, needs, run?}]}}
    out  {"ask": {...}}            a run is wanted      -> in {"answer": {"ending": ..., "ran": {...} | null}}
    out  {"records": [...], "warnings": [...]}          the submission is judged

One submission at a time; each in a fork of this process, so that nothing of one is seen by the next.
"""

from __future__ import annotations

import os
import sys
from decimal import Decimal
from typing import IO, TYPE_CHECKING, Any

import pytest

from grader.containers.session import Ending
from grader.judge.answer import Answer
from grader.judge.desk import Desk, ran, scripted
from grader.judge.evidence import Finding
from grader.judge.findings import raise_problems
from grader.judge.plugin import Outcome, Plugin
from grader.judge.verdicts import MEANINGS, Verdict
from grader.language import say
from sandbox.protocol import dump_line, load_line

if TYPE_CHECKING:
    from collections.abc import Mapping

TEST_FILE = "test_reference.py"
ANSWERED = 93  # how a child ends whose answer is written


def main() -> None:
    folder = sys.argv[1]
    requests, replies = os.fdopen(os.dup(0), "rb", buffering=0), os.fdopen(os.dup(1), "wb", buffering=0)
    null = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1):
        os.dup2(null, number)
    plugin = Plugin(lambda plugin, _: serve(plugin, Pipe(requests, replies)))
    arguments = ["-c", os.devnull, "--rootdir", folder, "-p", "no:cacheprovider", "-p", "no:terminal", "-p", "no:unraisableexception",
                 "-p", "no:threadexception", "--noconftest", "--import-mode=importlib", "-s", "--continue-on-collection-errors"]  # fmt: skip
    test = os.path.join(folder, TEST_FILE)  # noqa: PTH118 - a path for pytest
    status = pytest.main([*arguments, *([test] if os.path.exists(test) else [])], plugins=[plugin])  # noqa: PTH110
    sys.exit(0 if status in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED) else int(status))


class Pipe:
    """Lines to and from the worker."""

    def __init__(self, source: IO[bytes], sink: IO[bytes]) -> None:
        self.source, self.sink = source, sink
        self.owner = os.getpid()

    def read(self) -> dict[str, Any] | None:
        """The next message, or None when the worker hung up. Reads no byte beyond it: a fork must not swallow another's."""
        length = self._exactly(8)
        if length is None:
            return None
        body = self._exactly(int(length, 16))
        return None if body is None else load_line(body)

    def _exactly(self, count: int) -> bytes | None:
        data = b""
        while len(data) < count:
            more = self.source.read(count - len(data))
            if not more:
                return None
            data += more
        return data

    def write(self, message: Mapping[str, Any]) -> None:
        """One message. A child that a test forked has no say here: where it comes back from its test, it ends."""
        if os.getpid() != self.owner:
            os._exit(1)
        line = dump_line(dict(message))
        self.sink.write(b"%08x" % len(line) + line)


def serve(plugin: Plugin, pipe: Pipe) -> None:
    """Forks a child per submission until the worker hangs up."""
    pipe.write({"ready": {"tests": sorted(plugin.items), "problem": plugin.problem}})
    while (message := pipe.read()) is not None:
        pid = os.fork()
        if pid == 0:
            try:
                pipe.owner = os.getpid()
                judge(plugin, pipe, message["grade"])
            except BaseException as error:  # noqa: BLE001 - whatever broke, the worker must hear of it
                pipe.write({"broken": f"{type(error).__name__}: {error}"[:500]})
            finally:
                os._exit(ANSWERED)
        _, status = os.waitpid(pid, 0)
        if os.waitstatus_to_exitcode(status) != ANSWERED:  # a test may end the process, with 0 even
            pipe.write({"broken": f"the judge's child ended with status {status}"})


def judge(plugin: Plugin, pipe: Pipe, order: Mapping[str, Any]) -> None:
    """All checks of one submission, needs first; writes the records in the assignment's order."""

    def ask(request: Mapping[str, Any]) -> Answer:
        pipe.write({"ask": dict(request)})
        reply = pipe.read()
        if reply is None:
            os._exit(ANSWERED)  # the worker is gone, nobody reads
        return Answer(Ending(reply["answer"]["ending"]), reply["answer"]["ran"])

    plugin.desk = Desk(
        ask,
        order["submit"],
        order["output"],
        is_check=order["is_check"],
        seed=order["execution"],
        costless=frozenset(order["costless"]),
        real_decides=order["real_decides"],
    )
    plugin.seed = order["seed"]
    records: dict[str, dict[str, Any]] = {}
    for check in needs_first(order["checks"]):
        records[check["name"]] = judge_check(plugin, check, records)
    pipe.write({"records": [records[check["name"]] for check in order["checks"]], "warnings": plugin.desk.warnings})


def needs_first(checks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The checks in an order in which each comes after those it needs; otherwise as written."""
    done: list[str] = []
    seen: set[str] = set()
    by_name = {check["name"]: check for check in checks}

    def visit(name: str) -> None:
        if name in by_name and name not in seen:
            seen.add(name)
            for need in by_name[name]["needs"]:
                visit(need)
            done.append(name)

    for check in checks:
        visit(check["name"])
    return [by_name[name] for name in done]


def judge_check(plugin: Plugin, check: Mapping[str, Any], records: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """One check: not run, a run compared as data, or the worst case of its test function."""
    name, most = check["name"], Decimal(check["points"])
    unmet = [need for need in check["needs"] if records.get(need, {}).get("verdict") != Verdict.PASS]
    if unmet:
        outcome = Outcome("", 0)
        outcome.verdict = Verdict.NOT_RUN
        outcome.message = say("Not run: it needs {tests} to pass first.", tests=", ".join(unmet))
        outcome.evidence = {"needs": unmet}
        return outcome.record(name, most)
    outcomes = [plain_run(plugin.desk, check["run"])] if check.get("run") else plugin.run_test(name)
    if not outcomes:
        outcome = Outcome("", 0)
        outcome.verdict = Verdict.INFRA
        outcome.message = say("The exercise has no test called {name}.", name=name)
        if plugin.problem:
            outcome.evidence = {"assertion": plugin.problem["text"]}
        return outcome.record(name, most)
    worst = min(
        outcomes,
        key=lambda o: (o.verdict is Verdict.PASS, MEANINGS[o.verdict or Verdict.INFRA].is_final, o.points(most)),
    )
    if worst.verdict is Verdict.PASS:  # a pass is a bound: how far each of its explorations looked
        looked = [each for outcome in outcomes for each in outcome.looked]
        worst.evidence |= {"looked": looked} if looked else {}
    return worst.record(name, most)


def plain_run(desk: Desk, run: Mapping[str, Any]) -> Outcome:
    """A check without Python: exit code and lines of one run, compared here as data."""
    outcome = Outcome("", desk.asked)
    try:
        report = scripted(desk, run["args"], run["stdin"], None, (), "plain", again=True)
        raise_problems(report, desk.submit)
        got = ran(report)
        outcome.evidence |= report.evidence()
        if run["exit"] is not None and got.exit != run["exit"]:
            raise Finding(
                Verdict.ERROR if got.exit else Verdict.FAIL,
                say("It ended with exit code {got}; asked for is {wanted}.", got=got.exit, wanted=run["exit"]),
            )
        rest = iter(line.strip() for line in got.lines)
        missing = [line for line in run["lines"] if line.strip() not in rest]
        if missing:
            raise Finding(Verdict.FAIL, say("This line is missing, or not in its place: {line}", line=missing[0]))
    except Finding as finding:
        outcome.verdict, outcome.message = finding.verdict, finding.message
        outcome.evidence |= finding.evidence
    outcome.passed_if_asked(desk.asked)
    return outcome


if __name__ == "__main__":
    main()
