"""The verdict of an exploration cannot be talked out of: a wrong program and an attempt to hide it, in a real sandbox, for a real judge."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.judging import Arena, exercise, sandbox, told

pytestmark = pytest.mark.bubblewrap

ATTACKS = Path(__file__).with_name("attacks")
TESTS = """
def test_count(explore):
    for n in (2, 3):
        explore("rush", n).always(lambda run: run.value == n)

def test_meal(explore):
    explore("meal").always(lambda run: [(e.about in ("eat1", "eat2"), e.holds) for e in run.events("note")] == [(True, {"a", "b"})] * 2)
"""
SCENARIOS = """
from stage import label, note, together

def rush(student, n):
    counter = student.Counter()
    together(*[counter.add] * n)
    return counter.value

def meal(student):
    a, b = student.make_locks()
    label(a=a, b=b)
    together(lambda: student.eat1(a, b, note), lambda: student.eat2(a, b, note))
"""
WRONG = """
from threading import Lock


class Counter:
    def __init__(self):
        self.value = 0

    def add(self):
        n = self.value
        self.value = n + 1


def make_locks():
    return Lock(), Lock()


def eat1(a, b, note):
    with a:
        with b:
            note("eat1")


def eat2(a, b, note):
    with b:
        with a:
            note("eat2")
"""
RIGHT = (
    WRONG.replace("n = self.value\n        self.value = n + 1", "with guard:\n            self.value += 1").replace(
        "with b:\n        with a:", "with a:\n        with b:"
    )
    + "\n\nguard = Lock()\n"
)
BESIDE = {
    "hook_in_sibling": {"helper.py": "def __at_attribute__(thing, *_):\n    return thing\n"},
    "import_scenarios": {"scenarios.py": "def together(*functions):\n    pass\n"},
    "too_deep_to_read": {"deep.py": f"import threading\nthreading{'.a' * 3000} = 1\n"},
}
LIMITS = "limits: {wall: 2s, cpu: 1s, memory: 256MB, tasks: 64}\n"
TRUTHFUL = {
    "fail", "error", "deadlock", "race", "hang", "endless", "needs_input", "timing", "too_big", "timeout", "memory", "output", "limit",
    "crashed", "missing", "no_concurrency", "unsupported", "review",
}  # fmt: skip
SLOW = {"c_call", "ignore_cpu_limit", "real_sleep", "stop_oneself"}
"""They end at the deadline of an exploration, half a minute later."""


@pytest.fixture(scope="module")
def arena(tmp_path_factory):
    version = exercise(
        tmp_path_factory.mktemp("course"),
        TESTS,
        "{test_count: 2, test_meal: 3}",
        scenarios=SCENARIOS,
        more=LIMITS,
        solution=RIGHT,
    )
    one = Arena(version, sandbox())
    with one.judges:
        yield one


def attack(arena, name):
    text = (ATTACKS / f"{name}.py").read_text(encoding="utf-8")
    return arena.checks(f"{WRONG}\n\n{text}", BESIDE.get(name))


def test_the_exercise_tells_right_from_wrong(arena):
    """Without an attack: the right program passes, the wrong one races and deadlocks."""
    records = arena.checks(RIGHT)
    assert [record.verdict for record in records.values()] == ["pass", "pass"], told(records)
    records = arena.checks(WRONG)
    assert [record.verdict for record in records.values()] == ["race", "deadlock"], told(records)


NAMES = sorted(path.stem for path in ATTACKS.glob("*.py"))


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=[pytest.mark.soak] if name in SLOW or number % 2 else [])
        for number, name in enumerate(NAMES)
    ],
)
def test_no_attack_earns_anything(arena, name):
    """Each ends in a truthful verdict or in review."""
    records = attack(arena, name)
    assert {record.verdict for record in records.values()} <= TRUTHFUL, told(records)
    assert {record.points for record in records.values()} == {0}
