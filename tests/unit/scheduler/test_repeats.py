"""A program that depends on more than its schedule is named, however it ends."""

from __future__ import annotations

from sandbox import search
from sandbox.program import Program

OUTLIVES = """
import string, threading

string.runs = getattr(string, "runs", 0) + 1
shared = [0]

def work():
    with lock:
        shared[0] += 1
    if string.runs % 2:
        with lock:
            shared[0] += 1

lock = threading.Lock()
threads = [threading.Thread(target=work) for _ in range(2)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
"""


def explored(source: str) -> dict:
    return search.explore(Program({"main.py": source}, "main.py"), schedules=20)


def test_what_outlives_a_run_is_noticed_and_named_with_its_line():
    """The same schedule leads elsewhere the second time, so that no schedule is a proof of anything."""
    report = explored(OUTLIVES)
    assert report["verdict"] == "unsupported"
    assert report["unsupported"] == ["nondeterminism (main.py:11)"]


def test_what_repeats_is_not_named():
    """Random numbers, addresses in a set of threads and the clock are the same in every run."""
    source = OUTLIVES.replace("string.runs % 2", "random.random() < 0.5 or time.time() % 2 < 1").replace(
        "import string", "import random, string, time"
    )
    assert explored(source)["unsupported"] == []
