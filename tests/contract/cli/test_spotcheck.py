"""`grader spotcheck`: the key to a question about a student's own file comes from exploring the changed file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.contract.cli.test_check_mutants import EXERCISE, SCENARIOS, SOLUTION, STRONG

if TYPE_CHECKING:
    from tests.contract.cli.cli_world import World

pytestmark = pytest.mark.usefixtures("needs_sandbox")


def test_the_key_has_verdict_label_steps_and_schedule(world: World) -> None:
    """A lock less in a passing file: the verdict, what it takes to happen, who does what, and the schedule to replay."""
    world.write(
        {
            "assignments/double.yaml": EXERCISE, "reference/double/solution.py": SOLUTION, "reference/double/starter.py": "def add(box, lock): ...\n",
            "reference/double/scenarios.py": SCENARIOS, "reference/double/test_reference.py": STRONG, "reference/double/mistakes.yaml": "{}\n",
        }
    )  # fmt: skip
    world.push("007", {"count.py": SOLUTION})
    world.roster(("007", "王小明", "1"))
    assert world.run("batch", "--allow-local", "--json").status == 0
    ran = world.run("spotcheck", "double", "--seed", "s", "--json")
    assert ran.status == 0, ran.err
    (question,) = ran.lines
    assert question["kind"] == "drop_lock"
    assert question["changed"].splitlines()[question["line"] - 1].strip() == "if True:"
    record = question["changes"][0]["record"]
    assert record["verdict"] == "race"
    assert record["evidence"]["label"] in ("happens", "language")
    assert record["evidence"]["steps"]
    assert record["evidence"]["schedule"]["schedule"]
    told = world.run("spotcheck", "double", "--seed", "s", "--lang", "en").out
    assert "The changed file, explored: counts" in told
    assert record["evidence"]["schedule"]["schedule"] in told
