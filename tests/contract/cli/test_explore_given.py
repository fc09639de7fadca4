"""A file that a report handed over: `replay` takes it as it is, `explore --scenario` looks at all orders of the same call."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from grader.explore.given import is_inside, read_given

if TYPE_CHECKING:
    from tests.contract.cli.cli_world import World

COUNTER = """\
class Counter:
    def __init__(self, start):
        self.value = start

    def add(self, n):
        self.value += n
"""
LOCKED = """\
from threading import Lock

class Counter:
    def __init__(self, start):
        self.value, self.lock = start, Lock()

    def add(self, n):
        with self.lock:
            self.value += n
"""
SCENARIOS = """\
from stage import note, together

def at_once(student, *steps):
    with open("start.txt") as file:
        counter = student.Counter(int(file.read()))
    with open("start.txt", "w") as file:
        file.write("gone")
    together(*(lambda n=n: counter.add(n) for n in steps))
    return counter.value
"""
PLAIN = """\
from stage import together

def at_once(student, *steps):
    counter = student.Counter(10)
    together(*(lambda n=n: counter.add(n) for n in steps))
    return counter.value
"""
GIVEN: dict[str, Any] = {
    "schedule": "0x2 1x2 2x3 1x1 0x3", "time": "strict", "seed": 0, "verdict": "race", "value": 11,
    "scenario": {"name": "at_once", "args": [1, 3], "source": SCENARIOS},
    "watch": ["note"], "files": {"start.txt": "10"}, "prelude": "", "stdin": "",
}  # fmt: skip


def test_all_orders_of_a_call_that_was_handed_over(world: World) -> None:
    """The scenario comes out of the file, each run has the exercise's files fresh, and none of them lands in the student's folder."""
    world.write({"work/counter.py": COUNTER, "work/locked.py": LOCKED, "call.json": json.dumps(GIVEN)})
    ran = world.run("explore", "work/counter.py", "--scenario", "call.json", "--no-sandbox", "--json")
    assert (ran.status, ran.json["verdict"]) == (1, "race")
    ran = world.run("explore", "work/locked.py", "--scenario", "call.json", "--no-sandbox", "--json")
    assert (ran.status, ran.json["verdict"]) == (0, "ok"), ran.out
    assert ran.json["schedules"] > 1
    assert not list(world.root.rglob("start.txt"))


@pytest.mark.usefixtures("needs_sandbox")
@pytest.mark.parametrize("where", [(), ("--no-sandbox",)])
def test_the_recorded_run_is_seen_again(world: World, where: tuple[str, ...]) -> None:
    """A run whose value was wrong is the same run with the same value, exit 1; once mended it is another, exit 0."""
    order = {**GIVEN, "scenario": {"name": "at_once", "args": [1, 3], "source": PLAIN}, "files": {}}
    world.write({"work/counter.py": COUNTER, "work/locked.py": LOCKED, "that.json": json.dumps(order)})
    ran = world.run("replay", "work/counter.py", "that.json", "--json", *where)
    assert (ran.status, ran.json["verdict"]) == (1, "race")
    ran = world.run("replay", "work/locked.py", "that.json", "--json", *where)
    assert (ran.status, ran.json["verdict"]) == (0, "ok")


def test_an_argument_is_written_as_in_python(world: World) -> None:
    """`--arg` takes a literal for each parameter; anything else is refused in a sentence."""
    world.write(
        {
            "counter.py": COUNTER,
            "scenarios.py": PLAIN,
        }
    )
    ran = world.run(
        "explore",
        "counter.py",
        "--scenario",
        "scenarios.py:at_once",
        "--arg",
        "1",
        "--arg",
        "3",
        "--no-sandbox",
        "--json",
    )
    assert ran.json["verdict"] in ("race", "error"), ran.out
    ran = world.run("explore", "counter.py", "--scenario", "scenarios.py:at_once", "--arg", "open('x')", "--no-sandbox")
    assert ran.status == 2


@pytest.mark.parametrize(
    "odd",
    [
        [], 3, "x", {"scenario": 1}, {"scenario": {"name": "a b"}}, {"scenario": {"name": 1}}, {"scenario": {"name": "f", "args": {}}},
        {"scenario": {"name": "f", "args": [{"nothing": 1}]}}, {"scenario": {"name": "f", "source": 1}}, {"scenario": {"name": "f"}, "files": {"../x": ""}},
        {"scenario": {"name": "f"}, "files": {"/x": ""}}, {"scenario": {"name": "f"}, "files": {"C:x": ""}}, {"scenario": {"name": "f"}, "files": {"x": 1}},
        {"scenario": {"name": "f"}, "watch": "note"}, {"scenario": {"name": "f"}, "watch": [1]}, {"scenario": {"name": "f"}, "prelude": 1},
    ],
)  # fmt: skip
def test_a_file_of_another_shape_is_refused(odd: Any) -> None:
    """Whatever the JSON holds instead, it is an error of one kind; a path never leaves the folder made for it."""
    with pytest.raises(ValueError):
        read_given(json.dumps(odd).encode())


def test_a_plain_schedule_has_no_scenario() -> None:
    """What `explore` printed is still what `replay` takes."""
    assert read_given(json.dumps({"schedule": "0x1", "time": "late", "seed": 0}).encode()) is None
    assert not is_inside("")
