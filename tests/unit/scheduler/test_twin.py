"""The twin of a program is that program without any of its locks, or there is none."""

import pytest

from sandbox.twin import without_locks

WITH = """
def add(n):
    with lock:
        counter.value += n
"""
BY_HAND = """
def sub(n):
    lock.acquire()
    counter.value -= n
    lock.release()
"""
TRIES = """
def sub(n):
    if lock.acquire(blocking=False):
        counter.value -= n
        lock.release()
"""


def test_a_lock_that_guards_an_update_is_taken_out():
    """What it guarded stands there unguarded."""
    assert "with" not in without_locks(WITH)
    assert "counter.value += n" in without_locks(WITH)


@pytest.mark.parametrize("other", [BY_HAND, TRIES])
def test_no_twin_of_a_program_some_of_whose_locks_would_stay(other):
    """What is guarded by those is as good in the twin, and that is no sign of anything."""
    assert without_locks(WITH + other) == WITH + other
