"""What a look at a tree of processes sees."""

import os
import subprocess
import sys
import time

import pytest

from grader.containers import watchdog
from grader.containers.session import Ending
from grader.containers.watchdog import Rest, Tree

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="/proc is Linux")

FAMILY = """
import os, sys, time, threading
hoard = b'x' * (30 * 2**20)
if os.fork() == 0:
    if os.fork() == 0:
        threading.Thread(target=time.sleep, args=(1000,), daemon=True).start()
        print('ready', flush=True); time.sleep(1000)
    time.sleep(1000)
time.sleep(1000)
"""


@pytest.fixture
def family():
    """A process with a child and a grandchild that has two threads, asleep."""
    process = subprocess.Popen([sys.executable, "-c", FAMILY], stdout=subprocess.PIPE, start_new_session=True)
    assert process.stdout.readline() == b"ready\n"
    yield process
    os.killpg(process.pid, 9)
    process.wait()
    process.stdout.close()


@pytest.mark.parametrize("is_quick", [True, False])
def test_the_whole_family_is_seen(family, monkeypatch, is_quick):
    """Children of children and their threads are found, with and without the kernel's list of children."""
    if is_quick and not watchdog.HAS_CHILDREN_FILE:
        pytest.skip("this kernel has no list of children")
    monkeypatch.setattr(watchdog, "HAS_CHILDREN_FILE", is_quick)
    tree = Tree(family.pid)
    assert tree.sample().tasks == 4
    assert len(tree.processes()) == 3
    deadline = time.monotonic() + 60
    while not tree.is_asleep():  # they have only just begun
        assert time.monotonic() < deadline


def test_shared_pages_count_once_when_it_matters(family):
    """Three processes that share 30 MB are 90 MB at first sight, and less than half of that when counted exactly."""
    tree = Tree(family.pid)
    assert tree.sample().memory > 90 * 2**20
    assert 30 * 2**20 < tree.sample(memory_limit=80 * 2**20).memory < 80 * 2**20


def test_a_tree_that_is_gone_is_empty():
    """Looking at a process that ended is no error."""
    process = subprocess.Popen(["true"])
    process.wait()
    sample = Tree(process.pid).sample()
    assert (sample.memory, sample.tasks) == (0, 0)


def test_cpu_of_ended_processes_is_kept(monkeypatch):
    """What a process had used when last seen stays in the sum though nobody waited for it, and is not counted twice."""
    alive = [
        watchdog.Process(1, 10, 1.0, 0.0, 0, 0, 1),
        watchdog.Process(2, 11, 2.0, 0.0, 0, 0, 1),
    ]
    tree = Tree(1)
    monkeypatch.setattr(tree, "processes", lambda: alive)
    assert tree.sample().cpu == 3.0
    alive.pop()
    assert tree.sample().cpu == 3.0
    alive.append(watchdog.Process(2, 99, 0.5, 0.0, 0, 0, 1))  # the number again, another process
    assert tree.sample().cpu == 3.5
    alive[:] = [watchdog.Process(1, 10, 1.0, 7.0, 0, 0, 1)]  # waited for after all: the kernel's account is the larger
    assert tree.sample().cpu == 8.0


def ending(*looks, deadline=0.0, at=None):
    one = Rest()
    for now, cpu, is_asleep in looks:
        one.look(now, cpu, is_asleep=is_asleep)
    return one.ending(looks[-1][0] if at is None else at, deadline)


def test_rest_needs_looks_sleep_and_no_cpu():
    """Idle is proved by enough looks that all, but a few, saw everybody asleep while next to no CPU went by."""
    asleep = [(n / 50, 1.0, True) for n in range(20)]
    assert ending(*asleep) is Ending.IDLE
    assert ending(*asleep, deadline=1.0) is None
    assert ending(*asleep[:3]) is None
    assert ending(*asleep[:10], (0.2, 1.0, False), *asleep[11:]) is Ending.IDLE
    assert ending(*[(now, now, True) for now, _, _ in asleep]) is Ending.WALL


def test_who_wants_to_run_and_cannot_gets_patience_once():
    """A task that a busy machine keeps waiting is looked at for a while longer: it may yet prove that it rests, or not."""
    starved = [(n / 50, 1.0, n % 2 == 0) for n in range(20)]
    assert ending(*starved) is None
    assert ending(*starved, at=Rest.PATIENCE) is Ending.WALL
    assert ending(*starved, *[(0.4 + n / 50, 1.0, True) for n in range(24)]) is Ending.IDLE
