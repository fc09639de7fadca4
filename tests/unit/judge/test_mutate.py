"""Faults put into correct programs."""

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.course.equivalents import VERBS as MISTAKES_VERBS
from grader.judge.mutate import QUESTIONS, VERBS, Kind, mutants
from grader.reports.spotcheck import KEYS

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


def test_every_kind_has_a_verb_a_question_and_a_key():
    """What equivalents call it, what a student is asked, and what a TA reads beside it."""
    assert set(VERBS) == set(QUESTIONS) == set(KEYS) == set(Kind)
    assert set(VERBS.values()) == set(MISTAKES_VERBS)


def test_every_kind_is_found_where_it_stands():
    """Each synchronisation of a program gives its faults, in the order of lines; `open` and `str.join` give none."""
    assert found(PROGRAM) == [
        (10, Kind.DROP_LOCK),
        (10, Kind.SWAP_LOCKS),
        (11, Kind.DROP_LOCK),
        (15, Kind.DROP_LOCK),
        (15, Kind.DROP_LOCK),
        (15, Kind.SWAP_LOCKS),
        (19, Kind.DROP_LOCK),
        (20, Kind.WHILE_TO_IF),
        (22, Kind.DROP_NOTIFY),
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
        assert mutant.line in changed


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
        ("with open('x') as f, lock: n()\n", Kind.DROP_LOCK, "with open('x') as f: n()"),
        ("with lock, open('x') as f: n()\n", Kind.DROP_LOCK, "with open('x') as f: n()"),
        ("pool.shutdown(wait=True)\n", Kind.DROP_JOIN, "pass"),
        ("job.result()\n", Kind.DROP_JOIN, "pass"),
        ("q.task_done()\n", Kind.DROP_TASK_DONE, "pass"),
        ("while not q: c.wait()\n", Kind.WHILE_TO_IF, "if not q: c.wait()"),
        ("Thread(target=f, daemon=True)\n", Kind.DROP_DAEMON, "Thread(target=f, daemon=False)"),
        ("c.notify()\n", Kind.DROP_NOTIFY, "pass"),
        ("c.notify_all()\n", Kind.DROP_NOTIFY, "pass"),
        ("ready.set()\n", Kind.DROP_NOTIFY, "pass"),
        ("turn.release()\n", Kind.DROP_NOTIFY, "pass"),
        ("turn.acquire()\n", Kind.DROP_WAIT, "pass"),
        ("ready.wait()\n", Kind.DROP_WAIT, "pass"),
        ("c.wait_for(lambda: n)\n", Kind.DROP_WAIT, "pass"),
        ("range(3)\n", Kind.CHANGE_BOUND, "range(2)"),
        ("range(1, n + 1, 2)\n", Kind.CHANGE_BOUND, "range(1, n + 1 - 1, 2)"),
        ("range(a or b)\n", Kind.CHANGE_BOUND, "range((a or b) - 1)"),
        ("Queue(3)\n", Kind.CHANGE_BOUND, "Queue(4)"),
        ("queue.Queue(maxsize=size)\n", Kind.CHANGE_BOUND, "queue.Queue(maxsize=size + 1)"),
        ("Semaphore(0)\n", Kind.CHANGE_BOUND, "Semaphore(1)"),
        ("threading.Semaphore()\n", Kind.CHANGE_BOUND, "threading.Semaphore(2)"),
        ("Barrier(n, timeout=1)\n", Kind.CHANGE_BOUND, "Barrier(n + 1, timeout=1)"),
        ("ThreadPoolExecutor(max_workers=5)\n", Kind.CHANGE_BOUND, "ThreadPoolExecutor(max_workers=6)"),
        ("threading.RLock()\n", Kind.PLAIN_LOCK, "threading.Lock()"),
        ("from threading import RLock, Thread\n", Kind.PLAIN_LOCK, "from threading import Lock as RLock, Thread"),
        ("from threading import *; RLock()\n", Kind.PLAIN_LOCK, "from threading import *; Lock()"),
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
        "with ThreadPoolExecutor() as pool:\n    pass\n",
        "Queue()\n",
        "Semaphore(*given)\n",
        "ThreadPoolExecutor(None)\n",
        "seen.add(1)\n",
        "from threading import Lock\n",
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


def shrinks(source: str) -> dict[str, str]:
    return {m.code: m.source for m in mutants(source) if m.kind is Kind.SHRINK_LOCK}


def test_a_critical_section_begins_later():
    """The first statement that others can see is moved before the lock, and whatever stands before it."""
    source = (
        "def f():\n    with lock:\n        # why\n        x = 1\n        n[0] = (\n            x)\n        m[0] = 1\n"
    )
    changed = "def f():\n    x = 1\n    n[0] = (\n        x)\n    with lock:\n        # why\n        m[0] = 1\n"
    assert shrinks(source)["n[0] = x"] == changed


def test_a_critical_section_ends_earlier():
    """The last statement that others can see is moved behind the lock, with what follows it; Windows line ends stay."""
    source = "def f(a):\r\n    with lock:\r\n        n[0] = 1\r\n        if a:\r\n            m[0] = 1\r\n\r\n        # so\r\n        return True\r\n"
    changed = "def f(a):\r\n    with lock:\r\n        n[0] = 1\r\n    if a:\r\n        m[0] = 1\r\n\r\n    # so\r\n    return True\r\n"
    assert shrinks(source)["if a:"] == changed


@pytest.mark.parametrize(
    ("source", "codes"),
    [
        (
            "def f(a):\n    with lock:\n        b = a\n        n[0] = b\n        return b\n",
            [],
        ),  # that would be all of it
        ("def f():\n    global b\n    with lock:\n        b = 1\n        n[0] = b\n", ["b = 1", "n[0] = b"]),
        ("with c:\n    n[0] = 1\n    c.notify()\n", ["n[0] = 1"]),  # notify needs its lock
        ('with c:\n    n[0] = """a\n    b"""\n    n[1] = 1\n', ["n[1] = 1"]),  # those are no lines of code
        ("with lock: n[0] = 1; n[1] = 2\n", []),
        ("with open('x') as f:\n    n[0] = 1\n    n[1] = 2\n", []),
        ("if a:\n  x = 1; \\\n  y = 2\n", []),
    ],
)
def test_what_may_leave_a_critical_section(source, codes):
    """Only what others can see, what can stand elsewhere, and never everything."""
    assert list(shrinks(source)) == codes


def test_a_critical_section_of_acquire_and_release_shrinks_too():
    """The statement beside acquire() or release() changes places with it."""
    source = "lock.acquire()\na[0] = 1\nb[0] = 1\nlock.release()\n"
    assert shrinks(source) == {
        "a[0] = 1": "a[0] = 1\nlock.acquire()\nb[0] = 1\nlock.release()\n",
        "b[0] = 1": "lock.acquire()\na[0] = 1\nlock.release()\nb[0] = 1\n",
    }


def test_the_second_test_of_double_checked_locking():
    """Under the lock the same condition is no longer looked at; another condition is none of it."""
    source = "if not a:\n    with lock:\n        if not a:\n            a = 1\n"
    (mutant,) = [m for m in mutants(source) if m.kind is Kind.DROP_RETEST]
    assert mutant.source == "if not a:\n    with lock:\n        if True:\n            a = 1\n"
    assert not [m for m in mutants(source.replace("  if not a", "  if not b")) if m.kind is Kind.DROP_RETEST]


def test_a_lock_is_dropped_with_all_its_releases():
    """acquire() and the release() of a finally go together, and such a release is no signal to anybody."""
    source = "def f():\n    lock.acquire()\n    try:\n        n[0] = 1\n    finally:\n        lock.release()\n"
    (mutant,) = mutants(source)
    assert mutant.source == "def f():\n    pass\n    try:\n        n[0] = 1\n    finally:\n        pass\n"


def test_a_mutant_is_named_as_equivalents_name_it():
    """Verb, code, function and number: enough to tell any two of a file apart."""
    source = "class A:\n    def f(self):\n        with self.a:\n            pass\n        with self.a:\n            pass\n\n    def g(self):\n        with self.a:\n            pass\n"
    named = [(m.verb, m.code, m.inside, m.nth) for m in mutants(source)]
    assert named == [
        ("drop", "with self.a:", "A.f", 1),
        ("drop", "with self.a:", "A.f", 2),
        ("drop", "with self.a:", "A.g", 1),
    ]
    every = [(m.verb, m.code, m.inside, m.nth) for m in mutants(PROGRAM)]
    assert len(set(every)) == len(every)


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=80))
def test_any_text_is_taken(source):
    """No text makes the search raise, and the same text gives the same list."""
    assert mutants(source) == mutants(source)
