"""A task of a scenario's `together` that dies: what is reported where the others wait for it for ever."""

import pytest

from sandbox import search
from sandbox.overlay import Overlay
from sandbox.program import Entry, Program

SCENARIOS = """
from stage import together

def both(student):
    together(student.one, student.other)

def both_or_not(student):
    try:
        together(student.one, student.other)
    except ValueError:
        return "as it should"
"""
DIES = """
import threading
ready = threading.Semaphore(0)

def one():
    raise ValueError("no")
    ready.release()

def other():
    {waits}
"""


@pytest.fixture
def explored():
    def explored(name, waits):
        entry = Entry("work.py", name=name, scenarios="scenarios.py")
        files = {"work.py": DIES.format(waits=waits), "scenarios.py": SCENARIOS}
        return search.explore(Program(files, entry, overlay=Overlay()), schedules=20)

    return explored


@pytest.mark.parametrize("name", ["both", "both_or_not"])
def test_who_died_is_what_happened(explored, name):
    """Not that the other hangs: it waits for what the dead one would have done."""
    found = explored(name, "ready.acquire()")
    assert found["verdict"] == "error"
    error = found["failures"][0]["error"]
    assert (error["type"], error["text"], error["place"]["line"]) == ("ValueError", "no", 6)


def test_a_scenario_may_expect_it(explored):
    """Where all tasks end, the exception is the scenario's to catch."""
    assert explored("both_or_not", "pass")["verdict"] == "ok"
    assert explored("both", "pass")["verdict"] == "error"


def test_a_circle_is_still_a_circle(explored):
    """A task that waits for itself does not wait for the dead one."""
    assert explored("both", "lock = threading.Lock(); lock.acquire(); lock.acquire()")["verdict"] == "deadlock"
