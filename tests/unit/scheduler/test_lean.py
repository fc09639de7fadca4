"""Points that were passed thousands of times and share nothing are left out of the code, and nothing that is said depends on it."""

from __future__ import annotations

from sandbox import search
from sandbox.program import Program
from sandbox.scheduler.schedule import Schedule

HEAVY = """
import threading

class Box:
    def __init__(self):
        self.total = 0

    def add(self, n):
        self.total += n

def busy():
    box, cells = Box(), [0] * 10
    for i in range(300):
        box.add(i)
        cells[i % 10] += box.total
    return sum(cells)
"""

RARE = (
    HEAVY
    + """
turn = 0

def work(mine, follows):
    global turn
    busy()
    with lock:
        seen = turn
    with lock:
        if turn == seen == mine:
            turn = follows

lock = threading.Lock()
threads = [threading.Thread(target=work, args=(n, n + 1)) for n in (2, 0, 3, 1)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
assert turn != 4
"""
)

SOUND = RARE.replace("assert turn != 4", "assert turn <= 4")


def searched(source: str) -> tuple[search.Search, dict]:
    program = Program({"main.py": source}, "main.py")
    found = search.Search(program, schedules=200)
    return found, found.explore()


def test_points_that_share_nothing_are_left_out():
    """Those in the loops are, those of what is shared are not."""
    found, report = searched(SOUND)
    assert report["verdict"] == "ok"
    names = {found.program.sites[number].name for number in found.program.left_out}
    assert {"self.total", "box.total"} <= names
    assert "turn" not in names
    assert not report["exhausted"]


def test_a_failure_of_a_lean_run_is_replayed_by_the_whole_program():
    """The schedule counts the steps that were left out, so that a process that never left anything out follows it to the same end."""
    found, report = searched(RARE)
    assert report["verdict"] == "error"
    assert report["schedules"] > search.WARM, (
        "found before anything was left out: the program is too easy for this test"
    )
    assert found.program.left_out
    schedule = Schedule.from_json(report["failures"][0]["schedule"])
    again = search.replay(Program({"main.py": RARE}, "main.py"), schedule)
    assert again["failure"] is not None
    assert again["failure"]["kind"] == "error"
    assert again["stop"] != "diverged"
