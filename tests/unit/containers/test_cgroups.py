"""Finding, making and removing control groups, on folders that look like the kernel's."""

import os
import subprocess

import pytest

from grader.containers import cgroups
from grader.containers.session import Ending


@pytest.fixture
def unified(tmp_path):
    """Version 2 as on a systemd machine: we are in a scope whose parent hands controllers down."""
    slice_ = tmp_path / "user.slice"
    scope = slice_ / "session-1.scope"
    scope.mkdir(parents=True)
    for folder in (tmp_path, slice_, scope):
        (folder / "cgroup.procs").write_text("", encoding="ascii")
        (folder / "cgroup.subtree_control").write_text("", encoding="ascii")
    (slice_ / "cgroup.subtree_control").write_text("cpu memory pids\n", encoding="ascii")
    return tmp_path


@pytest.fixture
def old(tmp_path):
    """Version 1: a hierarchy for each controller."""
    for controller in ("memory", "pids", "cpuacct"):
        (tmp_path / controller / "own").mkdir(parents=True)
        (tmp_path / controller / "own" / "cgroup.procs").write_text("", encoding="ascii")
    return tmp_path


OLD = "4:memory:/own\n3:pids:/own\n2:cpu,cpuacct:/own\n0::/\n"


def test_version_2_groups_go_beside_the_own_one(unified):
    """Where the own group may have no children with controllers, its parent takes them."""
    place = cgroups.find(unified, "0::/user.slice/session-1.scope\n")
    assert place
    assert place.is_unified
    assert place.parents[""] == unified / "user.slice"


def test_version_2_without_controllers_is_nowhere(unified):
    """A parent that hands no controllers down is of no use."""
    (unified / "user.slice" / "cgroup.subtree_control").write_text("cpu\n", encoding="ascii")
    assert cgroups.find(unified, "0::/user.slice/session-1.scope\n") is None


def test_version_1_is_found_by_controller(old):
    """Each controller has its own folder; without memory there is no group at all."""
    place = cgroups.find(old, OLD)
    assert place
    assert place.parents == {name: old / name / "own" for name in ("memory", "pids", "cpuacct")}
    assert cgroups.find(old, "3:pids:/own\n0::/\n") is None


def test_limits_are_written_and_hits_are_new_ones(unified):
    """A group has its limits from the start; a hit is told once."""
    place = cgroups.find(unified, "0::/user.slice/session-1.scope\n")
    group = cgroups.make(place, memory=1000, tasks=7)
    assert group
    folder = group.folders[""]
    assert folder.name == f"grader-{os.getpid()}-{folder.name.split('-')[2]}"
    assert [(folder / name).read_text(encoding="ascii") for name in ("memory.max", "pids.max")] == ["1000", "7"]
    (folder / "memory.events").write_text("low 0\noom_kill 1\n", encoding="ascii")
    (folder / "pids.events").write_text("max 0\n", encoding="ascii")
    (folder / "cpu.stat").write_text("usage_usec 1500000\nuser_usec 1\n", encoding="ascii")
    assert group.cpu() == 1.5
    assert [group.hits(), group.hits()] == [{Ending.MEMORY}, frozenset()]
    (folder / "pids.events").write_text("max 3\n", encoding="ascii")
    assert group.hits() == {Ending.PIDS}


def test_version_1_counts_too(old):
    """The old names of the same numbers."""
    group = cgroups.make(cgroups.find(old, OLD), memory=1000, tasks=7)
    assert group
    assert (group.folders["memory"] / "memory.limit_in_bytes").read_text(encoding="ascii") == "1000"
    assert (group.folders["pids"] / "pids.max").read_text(encoding="ascii") == "7"
    (group.folders["cpuacct"] / "cpuacct.usage").write_text("2500000000", encoding="ascii")
    (group.folders["memory"] / "memory.oom_control").write_text(
        "oom_kill_disable 0\nunder_oom 0\noom_kill 2\n", encoding="ascii"
    )
    assert group.cpu() == 2.5
    assert group.hits() == {Ending.MEMORY}


def test_groups_of_makers_that_are_gone_are_swept(old):
    """What a killed grader left is removed by the next; a living one's is not touched."""
    gone = subprocess.Popen(["true"])
    gone.wait()
    dead, alive = (old / "memory" / "own" / f"grader-{pid}-1" for pid in (gone.pid, os.getppid()))
    dead.mkdir()
    alive.mkdir()
    cgroups.sweep(cgroups.find(old, OLD))
    assert (dead.exists(), alive.exists()) == (False, True)


def test_a_group_that_cannot_be_made_is_none_and_leaves_nothing(old):
    """A refusal by the kernel means no group, and no half of one."""
    place = cgroups.find(old, OLD)
    place.parents["pids"].joinpath("cgroup.procs").unlink()
    place.parents["pids"].rmdir()
    assert cgroups.make(place, memory=1000, tasks=7) is None
    assert list(old.rglob("grader-*")) == []
