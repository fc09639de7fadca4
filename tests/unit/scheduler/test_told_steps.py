"""What a report is told of each step: the locks held after it, which thing it is about, and names that mean one thing each."""

from sandbox.program import Program
from sandbox.scheduler.strategies.unpreempted import Unpreempted

TAKEN_AND_LEFT = """
import threading
outer, inner, n = threading.Lock(), threading.Condition(), 0
def work():
    global n
    outer.acquire()
    with inner:
        n += 1
        inner.notify()
    n += 1
t = threading.Thread(target=work)
t.start()
t.join()
"""
TWO_NAMES = """
import threading
def work(left, right):
    with left:
        with right:
            right.acquire()
def main():
    a, b = threading.Lock(), threading.Lock()
    ts = [threading.Thread(target=work, args=pair) for pair in ((a, b), (b, a))]
    for t in ts: t.start()
    for t in ts: t.join()
main()
"""
IN_A_LIST = """
import threading
class Table:
    sticks = [threading.Lock(), threading.Lock()]
def work(left):
    left.acquire()
    left.acquire()
t = threading.Thread(target=work, args=(Table.sticks[1],))
t.start()
"""


def once(text):
    strategy = Unpreempted(reverse=False)
    assert strategy.begin()
    with Program({"p.py": text}, "p.py") as program:
        return program.once(strategy, with_names=True)


def test_a_step_says_what_is_held_after_it():
    """Taking a lock shows it, the step before it is given back no longer does, and what is never given back stays to the end."""
    steps = [step for step in once(TAKEN_AND_LEFT).steps if step["task"] == 1]
    told = [(step["kind"], step["about"], step["held"]) for step in steps]
    assert told[0] == ("begin", "", [])
    assert ("acquire", "outer", ["outer"]) in told
    assert ("acquire", "inner", ["outer", "inner"]) in told
    assert ("write", "n", ["outer"]) in told  # given back before its next step
    assert told[-1][2] == ["outer"]


def test_a_thing_has_one_number():
    """All accesses of one variable are about the same thing, a lock is another, and what is about nothing has none."""
    steps = once(TAKEN_AND_LEFT).steps
    things = {(step["about"], step["thing"]) for step in steps}
    assert len({thing for about, thing in things if about == "n"}) == 1
    assert len({thing for _, thing in things}) == len({about for about, _ in things})
    assert ("", None) in things


def test_no_two_things_share_a_name():
    """Two functions call two locks by the same names: whoever reads the report can tell them apart."""
    (one,) = {task.about for task in once(TWO_NAMES).standing if task.number == 1}
    holds = next(task.holds for task in once(TWO_NAMES).standing if task.number == 1)
    assert len(holds) == len(set(holds)) == 2
    assert one in holds


def test_what_a_global_reaches_is_called_by_it():
    """A lock in a list of a class is called by its place there, whatever a function's parameter is called."""
    (task,) = (task for task in once(IN_A_LIST).standing if task.number == 1)
    assert task.about == "Table.sticks[1]"
