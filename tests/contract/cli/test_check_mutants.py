"""`grader check` mutates the solution: what no test notices is said, with the text that explains it away."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.contract.cli.cli_world import World

pytestmark = pytest.mark.usefixtures("needs_sandbox")

EXERCISE = """\
title: {zh: 计数, en: Count}
day: 33
submit: {file: count.py, provides: ["add(box, lock)", "sub(box, lock)"]}
limits: {wall: 5s, cpu: 2s}
statement: 写两个函数。
checks: {test_counts: 2}
"""
SOLUTION = """\
def add(box, lock):
    with lock:
        box[0] += 1


def sub(box, lock):
    with lock:
        box[0] -= 1
"""
SCENARIOS = """\
from threading import Lock
from stage import together

def both(student, one, other):
    box, lock = [0], Lock()
    together(lambda: getattr(student, one)(box, lock), lambda: getattr(student, other)(box, lock))
    student.sub(box, lock)
    return box[0]
"""
WEAK = "def test_counts(explore):\n    explore('both', 'add', 'add').always(lambda run: run.value == 1)\n"
STRONG = WEAK + "    explore('both', 'add', 'sub').always(lambda run: run.value == -1)\n"


def test_a_weak_test_leaves_a_survivor_that_can_be_explained(world: World) -> None:
    """The dropped lock that no check sees is a warning with a text to paste; with a reason it is silent, else an error."""
    world.write(
        {
            "assignments/double.yaml": EXERCISE, "reference/double/solution.py": SOLUTION, "reference/double/starter.py": "def add(box, lock): ...\ndef sub(box, lock): ...\n",
            "reference/double/scenarios.py": SCENARIOS, "reference/double/test_reference.py": WEAK, "reference/double/mistakes.yaml": "{}\n",
        }
    )  # fmt: skip
    ran = world.run("check", "--lang", "en")
    assert ran.status == 0, ran.out + ran.err
    assert "1 noticed, 1 not, 0 equivalent" in ran.out
    pasted = "".join(line + "\n" for line in ran.out.splitlines() if line.startswith(("equivalent:", "- {")))
    assert pasted == 'equivalent:\n- {drop: "with lock:", inside: "sub", why: "..."}\n'

    world.write({"reference/double/mistakes.yaml": pasted})  # not without a reason
    ran = world.run("check", "--lang", "en")
    assert ran.status == 1
    assert "mistakes.yaml:2:44: The reason is missing." in ran.err

    world.write({"reference/double/mistakes.yaml": pasted.replace("...", "nobody else is there")})
    ran = world.run("check", "--lang", "en")
    assert ran.status == 0
    assert "1 noticed, 0 not, 1 equivalent" in ran.out
    assert "- {drop" not in ran.out

    world.write({"reference/double/test_reference.py": STRONG})
    ran = world.run("check", "--json")
    assert ran.status == 1
    add, mutant = [one for one in ran.lines if one["kind"] == "mutant"]
    assert add["holds"]
    assert not mutant["holds"]
    assert mutant["killed_by"]["check"] == "test_counts"
    assert mutant["killed_by"]["schedules"] > 0
    assert "mistakes.yaml:2:10: said to be equivalent" in mutant["faults"][0]["en"]

    world.write({"reference/double/mistakes.yaml": "{}\n"})
    ran = world.run("check", "--lang", "en")
    assert ran.status == 0
    assert "2 noticed, 0 not, 0 equivalent" in ran.out


def test_where_real_runs_decide_there_are_no_mutants(world: World) -> None:
    """What one real run shows of a fault in the order of things may be luck."""
    world.write(
        {
            "reference/double/solution.py": "from threading import Lock\n\nlock = Lock()\n\n\ndef double(n):\n    with lock:\n        return n * 2\n",
            "reference/double/mistakes.yaml": "{}\n",
        }
    )  # fmt: skip
    ran = world.run("check", "--json")
    assert ran.status == 0
    assert {one["kind"] for one in ran.lines} == {"solution", "starter", "nothing"}
