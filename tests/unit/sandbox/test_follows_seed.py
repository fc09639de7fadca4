"""The driver makes the reported choices again, from the seed alone, whatever else a report says."""

from __future__ import annotations

import json

import pytest

from sandbox import driver
from sandbox.program import Program
from sandbox.search import Search

SOURCE = """
import threading

n = 0
lock = threading.Lock()

def work():
    global n
    for _ in range(2):
        with lock:
            n += 1

threads = [threading.Thread(target=work) for _ in range(3)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
"""


def line(picks: object, runs: object = 200) -> str:
    return json.dumps({"explored": {"picks": picks, "runs": runs}})


def test_what_the_search_chose_follows_from_its_seed_and_nothing_else_does():
    """One choice changed, or another seed, is noticed."""
    search = Search(Program({"main.py": SOURCE}, "main.py"), seed=5, schedules=60)
    search.explore()
    assert search.audited is not None
    picks, runs = search.audited.sample(), search.audited.runs
    assert sum(map(len, picks)) > 50
    assert driver.follows_seed(5, line(picks, runs))
    assert not driver.follows_seed(6, line(picks, runs))
    first = picks[0][0]
    first[1] = next(number for number in first[2:] if number != first[1])
    assert not driver.follows_seed(5, line(picks, runs))


@pytest.mark.parametrize(
    "picks", [[[["0"]]], [[[0]]], [[[0, 1, 0, 1]] * 50], [[1]], [3], "x", None, [[[0, 1, [], {}]]]]
)
def test_choices_of_another_shape_follow_from_nothing(picks):
    """They are never an error of the driver."""
    assert not driver.follows_seed(5, line(picks))


@pytest.mark.parametrize("report", ["", "{", "[]", '{"explored": []}', '{"explored": {"load": {}}}', "[" * 100_000])
def test_a_report_without_choices_is_left_to_the_judge(report):
    """A file that does not load, the steps of one schedule, and what nobody can read."""
    assert driver.follows_seed(5, report)
