"""The JSON of `explore` and `replay` against docs/schema, for every verdict that the corpus gives."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from jsonschema import Draft202012Validator

from sandbox.search import VERDICTS
from tests.unit.scheduler.corpus import CORPUS

if TYPE_CHECKING:
    from tests.contract.cli.cli_world import World

SCHEMAS = Path(__file__).parents[3] / "docs" / "schema"
ORDER = (
    "review", "crashed", "memory", "output", "limit", "timeout", "deadlock", "race", "error", "hang", "too_big", "unsupported", "needs_input", "needs_peer",
    "endless", "no_concurrency", "timing",
)  # fmt: skip
KINDS = ("ok", "race", "error", "deadlock", "hang", "timing", "endless", "too_big", "needs_input", "no_concurrency")


def schema(name: str) -> Draft202012Validator:
    found = json.loads((SCHEMAS / f"{name}.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(found)
    return Draft202012Validator(found)


def test_the_verdicts_are_those_of_the_search() -> None:
    """The schema, the search and the order that was agreed on name the same verdicts in the same order."""
    for name in ("explore", "replay"):
        found = json.loads((SCHEMAS / f"{name}.json").read_text(encoding="utf-8"))
        more = ("fail",) if name == "replay" else ()  # what a reference test says of a run, not the search
        assert tuple(found["properties"]["verdict"]["enum"]) == ("ok", *ORDER, *more) == ("ok", *VERDICTS, *more)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_report_fits(world: World, kind: str) -> None:
    """The report is what the schema says, and so is a replay of each of its schedules, which ends the same way."""
    name, case = next((name, case) for name, case in sorted(CORPUS.items()) if case.verdict == kind)
    file = str(case.path)
    options = ("--no-sandbox", "--json")
    ran = world.run("explore", file, *options)
    report = ran.json
    assert list(schema("explore").iter_errors(report)) == []
    assert ran.status == (0 if report["verdict"] == "ok" else 1)
    assert report["verdict"] in case.verdicts, name
    for failure in report["failures"]:
        world.write({"schedule.json": json.dumps(failure["schedule"])})
        again = world.run("replay", file, "schedule.json", *options)
        assert list(schema("replay").iter_errors(again.json)) == []
        assert (again.status, again.json["verdict"]) == (1, failure["kind"])
