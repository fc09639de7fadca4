"""The comparison with other tools: what its adapters make of a program, without those tools."""

from __future__ import annotations

import threading

import pytest

from benchmarks.beside import own
from benchmarks.beside.__main__ import NUMBERS, PROGRAMS, Outcome, read, table
from benchmarks.beside.worker_form import Form, NoFormError


def test_own_engine_finds_the_bug_and_passes_its_twin() -> None:
    """A bug is found by our own engine, and its mended twin is not reported."""
    name = "03_transfer.py"
    assert own.explore(PROGRAMS / "bugs" / name, 50, "")["found"] == "deadlock"
    assert own.explore(PROGRAMS / "fixed" / name, 50, "")["found"] == ""


def test_worker_form_keeps_the_program() -> None:
    """Setup, workers and invariant, one after the other, do what the script does in that order; every program has the form or a reason."""
    without = set()
    for folder in ("bugs", "fixed"):
        for number in NUMBERS:
            (path,) = (PROGRAMS / folder).glob(f"{number}_*.py")
            try:
                Form(path.read_text(), str(path))
            except NoFormError:
                without.add(number)
    assert without == {"08", "17"}
    path = PROGRAMS / "fixed" / "12_singleton.py"
    workers, invariant = Form(path.read_text(), str(path)).state({"__name__": "__main__"})
    assert len(workers) == 3
    with pytest.raises(AssertionError):
        invariant()
    for worker in workers:
        worker()
    invariant()
    assert threading.Thread.__module__ == "threading"


def test_main_program_between_start_and_join_is_a_worker() -> None:
    """What the main program does while its threads run is a worker of its own, and its names are the module's."""
    source = "import threading\nout = []\nstop = False\nt = threading.Thread(target=lambda: out.append(stop))\nt.start()\nstop = True\nt.join()\nassert out == [True]\n"
    workers, invariant = Form(source, "program.py").state({"__name__": "__main__"})
    thread, main = workers
    main()
    thread()
    invariant()


def test_a_process_that_says_nothing_gave_up() -> None:
    """No answer is neither a pass nor a finding, and the table counts a pass on a bug as wrong and a finding on a twin as a false alarm."""
    assert read("", 1.0, ["killed"]).kind == "gave up"
    assert read('{"found": "", "schedules": 3}', 1.0, []).kind == "passed"
    assert read('{"unsure": "time", "schedules": 3}', 1.0, []).kind == "unsure"
    titles = (
        "grader explore",
        "frontrun dpor",
        "frontrun random",
        "interleave random",
        "interleave pct",
        "interleave dfs",
    )
    results = {
        ("a.py", folder, title): Outcome(kind, 3, 1.0)
        for title in titles
        for folder, kind in (("bugs", "passed"), ("fixed", "found"))
    }
    (row,) = (line for line in table(["a.py"], results).splitlines() if line.startswith("| a "))
    assert row.count("**wrong pass** 3 / 1.00; **false alarm**") == len(titles)
