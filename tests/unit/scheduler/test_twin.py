"""The twin of a program is that program with races planted in it; each that is run is found, unless somebody silences the search."""

import ast

import pytest

from sandbox.exploring import twin_fails
from sandbox.overlay import Overlay
from sandbox.program import Entry, Program
from sandbox.twin import MOST, with_races

SOUND = """
from __future__ import annotations
import threading
lock = threading.Lock()
n = 0

def add():
    "Adds."
    global n
    with lock:
        n += 1

threads = [threading.Thread(target=add) for _ in range(2)]
for t in threads:
    t.start()
    t.join()
"""


def twin(source):
    return twin_fails(Program({"main.py": source}, Entry("main.py"), overlay=Overlay()), {"seed": 1})


def test_races_stand_in_functions_inside_with_and_at_the_end():
    """What has to stand first in a file or a function still does."""
    text, planted, count = with_races(SOUND)
    assert count == text.count("planted_race(") == planted.count("global race") == 3
    assert ast.get_docstring(ast.parse(text).body[5]) == "Adds."
    compile(text, "main.py", "exec")
    assert with_races("def f(): pass\n" * 50)[2] == MOST
    assert with_races("def f(:")[2] == 0


@pytest.mark.parametrize("source", [SOUND, "print(1)", SOUND + "raise SystemExit"])
def test_what_is_planted_is_found(source):
    """In a program whose threads wait for each other, in one without threads, in one that is left early."""
    assert twin(source) is True


def test_no_sign_where_none_comes_to_its_end():
    """A file that is left at once says nothing."""
    assert twin("raise SystemExit") is None


def test_a_silenced_search_is_noticed():
    """Threads that run where they are started race with nobody, and the planted ones say so."""
    assert (
        twin(SOUND + "\nthreading.Thread.start = lambda self: self.run()\nthreading.Thread.join = lambda self: None")
        is False
    )
