"""Whose container is it, and may it go."""

import os
import subprocess
import sys

import pytest

from grader.containers import docker_reaper
from grader.containers.docker_reaper import MAX_AGE, OWNER, STARTED, is_leftover, labels, owner, seen_from_here

NOW = 2_000_000_000.0


def test_what_we_own_stays():
    """A living process keeps its containers."""
    assert not is_leftover(labels(NOW), NOW)


def test_what_a_dead_process_owned_goes_at_once():
    """The owner ended: its container is nobody's, however young."""
    code = "import time; from grader.containers.docker_reaper import owner; print(owner())"
    dead = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.strip()
    assert is_leftover({OWNER: dead, STARTED: str(int(NOW))}, NOW)


def test_a_pid_used_again_is_not_the_owner():
    """The same pid with another start time is another process."""
    where = owner().rsplit("/", 1)[0]
    assert is_leftover({OWNER: f"{where}/1.00", STARTED: str(int(NOW))}, NOW)


def test_a_clock_that_was_set_kills_nobody():
    """A start time that seems to have moved by seconds is still the same process."""
    where, _, started = owner().rpartition("/")
    assert not is_leftover({OWNER: f"{where}/{float(started) + 5:.2f}", STARTED: str(int(NOW))}, NOW)


def test_another_machines_process_is_judged_by_age():
    """Processes that cannot be seen from here are trusted until the container is too old for any grading."""
    found = {OWNER: f"elsewhere/pid:[1]/{os.getpid()}/1.00", STARTED: str(int(NOW))}
    assert not is_leftover(found, NOW + MAX_AGE)
    assert is_leftover(found, NOW + MAX_AGE + 1)


def test_even_our_own_goes_when_too_old():
    """A living owner that forgot a container for longer than any grading takes does not keep it for ever."""
    assert is_leftover(labels(NOW), NOW + MAX_AGE + 1)


@pytest.mark.parametrize("found", [{}, {OWNER: "", STARTED: "soon"}, {OWNER: "x", STARTED: ""}])
def test_labels_that_make_no_sense_are_nobodys(found):
    """A container of ours without an age is left over."""
    assert is_leftover(found, NOW)


def test_where_there_is_no_proc_the_machine_has_a_name(monkeypatch):
    """Off Linux the owner is named by the machine."""
    monkeypatch.setattr(docker_reaper.Path, "read_text", lambda *_, **__: (_ for _ in ()).throw(OSError))
    assert seen_from_here()
    assert "/pid:" not in seen_from_here()
