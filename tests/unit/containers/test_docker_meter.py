"""Where the kernel keeps a container's counters, and what they say."""

import pytest

from grader.containers.docker_meter import KernelMeter, kernel_files
from grader.containers.session import Ending, Usage

NAME = "c0ffee" * 10


@pytest.fixture
def machine(tmp_path):
    """A function: lines of /proc/PID/cgroup and mounts, files with content -> the folder that plays /proc."""

    def made(groups, mounts, files):
        proc = tmp_path / "proc"
        (proc / "7").mkdir(parents=True)
        (proc / "self").mkdir()
        (proc / "7" / "cgroup").write_text("".join(f"{line}\n" for line in groups))
        (proc / "self" / "mountinfo").write_text(
            "".join(f"1 2 0:3 / {tmp_path}{where} rw - {kind} none rw,{options}\n" for where, kind, options in mounts)
        )
        for path, text in files.items():
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / path).write_text(text)
        return proc

    return made


@pytest.fixture
def version_1(machine):
    groups = [f"{n}:{name}:/docker/{NAME}" for n, name in enumerate(("cpu,cpuacct", "memory", "pids"))]
    mounts = [
        ("/cg/cpuacct", "cgroup", "cpu,cpuacct"),
        ("/cg/memory", "cgroup", "memory"),
        ("/cg/pids", "cgroup", "pids"),
    ]
    files = {
        f"cg/cpuacct/docker/{NAME}/cpuacct.usage": "1500000000\n",
        f"cg/memory/docker/{NAME}/memory.oom_control": "oom_kill_disable 0\nunder_oom 0\noom_kill 0\n",
        f"cg/memory/docker/{NAME}/memory.max_usage_in_bytes": "4096\n",
        f"cg/pids/docker/{NAME}/pids.events": "max 0\n",
        f"cg/pids/docker/{NAME}/pids.current": "3\n",
        f"cg/pids/docker/{NAME}/cgroup.procs": "",
    }
    return machine([*groups, "0::/"], [*mounts, ("/cg/unified", "cgroup2", "")], files)


@pytest.fixture
def version_2(machine):
    group = f"cg/system.slice/docker-{NAME}.scope"
    files = {
        f"{group}/cpu.stat": "usage_usec 1500000\nuser_usec 1\n",
        f"{group}/memory.events": "low 0\noom 0\noom_kill 0\n",
        f"{group}/memory.peak": "4096\n",
        f"{group}/pids.events": "max 0\n",
        f"{group}/pids.current": "3\n",
        f"{group}/cgroup.procs": "",
    }
    return machine([f"0::/system.slice/docker-{NAME}.scope"], [("/cg", "cgroup2", "nsdelegate")], files)


@pytest.mark.parametrize("version", ["version_1", "version_2"])
def test_both_versions_of_control_groups_are_read(version, request):
    """CPU in seconds, memory in bytes, tasks: the same whichever version the machine has."""
    files = kernel_files(7, NAME, proc=request.getfixturevalue(version))
    assert files is not None
    assert KernelMeter(files).read().usage == Usage(cpu=1.5, memory=4096, tasks=3)


@pytest.mark.parametrize("version", ["version_1", "version_2"])
def test_a_hit_is_told_once(version, request):
    """A counter that rose is a hit at the next call and not at the one after; both limits are told apart."""
    files = kernel_files(7, NAME, proc=request.getfixturevalue(version))
    meter = KernelMeter(files)
    assert meter.hits() == frozenset()
    files.memory.write_text("oom_kill 2\n")
    assert [meter.hits(), meter.hits()] == [{Ending.MEMORY}, frozenset()]
    (files.pids / "pids.events").write_text("max 9\n")
    assert [meter.hits(), meter.hits()] == [{Ending.PIDS}, frozenset()]


def test_a_container_that_is_gone_keeps_its_last_reading(version_1):
    """The files vanish with the container: the use stays what it was, nothing is hit, nothing runs."""
    files = kernel_files(7, NAME, proc=version_1)
    meter = KernelMeter(files)
    before = meter.read().usage
    for path in (files.cpu, files.memory, files.memory_peak, *files.pids.iterdir()):
        path.unlink()
    assert (meter.read().usage, meter.hits(), meter.is_running()) == (before, frozenset(), False)


def test_peaks_do_not_fall(version_1):
    """Tasks and memory are peaks."""
    files = kernel_files(7, NAME, proc=version_1)
    meter = KernelMeter(files)
    meter.read()
    (files.pids / "pids.current").write_text("1\n")
    assert meter.read().usage.tasks == 3


def test_another_machines_pid_is_not_taken_for_the_container(version_1):
    """Engine and grader on two machines, or in two pid namespaces: the pid means another process here, whose group has another name."""
    assert kernel_files(7, "f00d" * 16, proc=version_1) is None
    assert kernel_files(8, NAME, proc=version_1) is None


def test_counters_that_are_not_there_are_not_used(version_2):
    """A group without the files we read is left to the Engine's statistics."""
    files = kernel_files(7, NAME, proc=version_2)
    (files.pids / "pids.events").unlink()
    assert kernel_files(7, NAME, proc=version_2) is None
