"""Faults put into correct programs."""

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.judge.mutate import Kind, mutants

PROGRAM = """\
from threading import Lock, Thread, Condition
import queue, time

lock, other = Lock(), Lock()
ready = Condition()
q = queue.Queue()
text = "-".join(["a", "b"])

def move(账户, n):
    with lock:
        with other:
            账户["余额"] -= n

def both():
    with lock, other:
        pass

def wait():
    with ready:
        while not q.qsize():
            ready.wait()
        ready.notify_all()

def eat():
    while True:
        item = q.get()
        if item is None:
            break
        q.task_done()

def old(fork, noodle):
    fork.acquire()
    noodle.acquire()
    try:
        pass
    finally:
        noodle.release()
        fork.release()

t = Thread(target=eat, daemon=True)
t.start()
q.put(1)
q.put(None)
t.join()
q.join()
with open("x") as file:
    pass
"""


def found(source: str) -> list[tuple[int, Kind]]:
    return [(m.line, m.kind) for m in mutants(source)]


def test_every_kind_is_found_where_it_stands():
    """Each synchronisation of a program gives its faults, in the order of lines; `open` and `str.join` give none."""
    assert found(PROGRAM) == [
        (10, Kind.DROP_LOCK),
        (10, Kind.SWAP_LOCKS),
        (11, Kind.DROP_LOCK),
        (15, Kind.DROP_LOCK),
        (15, Kind.SWAP_LOCKS),
        (15, Kind.DROP_LOCK),
        (19, Kind.DROP_LOCK),
        (20, Kind.WHILE_TO_IF),
        (22, Kind.NOTIFY_ONE),
        (29, Kind.DROP_TASK_DONE),
        (32, Kind.DROP_LOCK),
        (32, Kind.SWAP_LOCKS),
        (33, Kind.DROP_LOCK),
        (40, Kind.DROP_DAEMON),
        (43, Kind.DROP_SENTINEL),
        (44, Kind.DROP_JOIN),
        (45, Kind.DROP_JOIN),
    ]


def test_each_fault_changes_only_its_own_lines_and_still_parses():
    """A mutant is Python of the same number of lines and differs from the original."""
    before = PROGRAM.splitlines()
    for mutant in mutants(PROGRAM):
        ast.parse(mutant.source)
        after = mutant.source.splitlines()
        assert len(after) == len(before)
        changed = [n for n, (a, b) in enumerate(zip(before, after, strict=True), start=1) if a != b]
        assert changed
        assert changed[0] == mutant.line


@pytest.mark.parametrize(
    ("source", "kind", "line"),
    [
        ("with lock:\n    n += 1\n", Kind.DROP_LOCK, "if True:"),
        ("with a, lock: n()\n", Kind.SWAP_LOCKS, "with lock, a: n()"),
        ("p.join()\n", Kind.DROP_JOIN, "pass"),
        ("p.join(timeout=3)\n", Kind.DROP_JOIN, "pass"),
        ("p.daemon = True\n", Kind.DROP_DAEMON, "p.daemon = False"),
        ("p.setDaemon(True)\n", Kind.DROP_DAEMON, "p.setDaemon(False)"),
        ("q.put('stop')\n", Kind.DROP_SENTINEL, "pass"),
        ("q.put(STOP)\n", Kind.DROP_SENTINEL, "pass"),
        ("cond.notifyAll()\n", Kind.NOTIFY_ONE, "cond.notify()"),
        ("a.acquire(); b.acquire()\n", Kind.SWAP_LOCKS, "b.acquire(); a.acquire()"),
        ("with 锁:\n    钱 = 1\n", Kind.DROP_LOCK, "if True:"),
    ],
)
def test_what_a_fault_looks_like(source, kind, line):
    """The changed line reads as the fault says."""
    (mutant,) = [m for m in mutants(source) if m.kind is kind]
    assert mutant.source.splitlines()[0] == line


@pytest.mark.parametrize(
    "source",
    [
        "','.join(names)\n",
        "sep.join(names)\n",
        "with open('x'):\n    pass\n",
        "with ThreadPoolExecutor(3) as pool:\n    pass\n",
        "q.put(1)\n",
        "while not done:\n    if cond.wait(1): break\n",
        "p.daemon = False\n",
        "print 'hello'\n",
        "\0",
        "((" * 5000,
        "",
    ],
)
def test_what_is_no_synchronisation_gives_nothing(source):
    """Text that holds none, or is not Python, gives no fault and no exception."""
    assert mutants(source) == ()


def test_line_ends_and_lines_inside_a_statement_stay():
    """Windows line ends survive, and a statement over several lines keeps its line count."""
    source = "q.put(\r\n    None\r\n)\r\nt.join()\r\n"
    sentinel, join = mutants(source)
    assert sentinel.source == "pass\r\n\r\n\r\nt.join()\r\n"
    assert join.source == "q.put(\r\n    None\r\n)\r\npass\r\n"


def test_a_question_names_line_and_code_in_both_languages():
    """The student reads the line number and the code; braces in the code are harmless."""
    (mutant,) = mutants("with locks[{'a': 1}['a']]:\n    pass\n")
    for text in mutant.question.both().values():
        assert "1" in text
        assert "locks[{'a': 1}['a']]" in text
    assert mutant.question.render("zh") != mutant.question.render("en")


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=80))
def test_any_text_is_taken(source):
    """No text makes the search raise, and the same text gives the same list."""
    assert mutants(source) == mutants(source)
