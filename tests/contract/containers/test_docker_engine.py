"""What only a real Docker Engine can show. The shared suite is in the other files of this folder."""

import ast
import json
import os
import signal
import subprocess
import sys
import textwrap
import time
from dataclasses import replace

import pytest

from grader.containers import docker_options, docker_reaper
from grader.containers.docker import DockerBackend
from grader.containers.docker_meter import EngineMeter, KernelMeter
from grader.containers.session import Ending, SandboxSpec
from grader.errors import SandboxError
from tests.engine import docker_or_skip
from tests.inside import SMALL, STUB, Inside

pytestmark = pytest.mark.docker


@pytest.fixture
def make():
    return docker_or_skip


@pytest.fixture
def backend(make):
    return make(STUB)


def containers(backend):
    """Every container of this process on the Engine, in whatever state."""
    query = {"label": f"{docker_reaper.OWNER}={docker_reaper.owner()}"}
    return backend.engine.call("list", lambda c: c.containers(all=True, filters=query))


def is_gone(backend, *made):
    """Waits until none of these containers is on the Engine. A reaper of another test may have begun to remove one: that takes its time."""
    for _ in range(600):
        after = backend.engine.call("list", lambda c: c.containers(all=True, filters={"label": docker_reaper.LABEL}))
        if not {each["Id"] for each in after} & set(made):
            return True
        time.sleep(0.1)
    return False


@pytest.fixture(params=["near", "far"])
def box(request, backend):
    """A function: limits to change -> an open session, watched through the kernel's files or, as from another machine, the Engine."""
    place = DockerBackend(backend.engine, is_near=request.param == "near", driver=backend._driver)
    opened = []

    def opens(**limits):
        session = place.open(SandboxSpec(replace(SMALL, **limits)))
        opened.append(session)
        assert isinstance(session._meter, KernelMeter if request.param == "near" else EngineMeter)
        return Inside(session)

    yield opens
    for session in opened:
        session.close()


def test_nothing_of_this_machine_is_mounted_and_every_limit_is_set(backend):
    """One look at what the Engine itself says of a container of ours."""
    with backend.open(SandboxSpec(SMALL)) as session:
        found = backend.engine.call("look", lambda c: c.inspect_container(session._container))
    config = found["HostConfig"]
    assert (found["Mounts"], config["Binds"], config["NetworkMode"]) == ([], None, "none")
    assert (config["ReadonlyRootfs"], config["Privileged"], config["CapDrop"]) == (True, False, ["ALL"])
    assert config["LogConfig"]["Type"] == "none"
    assert config["Memory"] == config["MemorySwap"] == SMALL.memory
    assert config["PidsLimit"] == SMALL.tasks + docker_options.FIXED_TASKS
    assert config["NanoCpus"] == 10**9
    assert found["Config"]["User"] == "1000:1000"
    assert {docker_reaper.LABEL, docker_reaper.OWNER, docker_reaper.STARTED} <= found["Config"]["Labels"].keys()


def test_an_endless_loop_is_cpu(box):
    """CPU seconds end it, near or far, and it is no matter of infrastructure (faults 42)."""
    inside = box()
    assert inside.answer("while True: pass", wall=60, cpu=1) is Ending.CPU
    assert inside.session.usage().cpu >= 1
    assert inside.session.problem is None


def test_waiting_is_idle_and_working_is_not(box):
    """Near and far alike tell a deadlock from a program that was at work."""
    assert (
        box().answer("import threading; lock = threading.Lock(); lock.acquire(); lock.acquire()", wall=1.5, cpu=60)
        is Ending.IDLE
    )
    assert box().answer("while True: pass", wall=1.5, cpu=60) is Ending.WALL


def test_the_memory_killer_is_heard(box):
    """A child that took too much is killed, the driver lives, and the hit is told once."""
    inside = box(memory=100 * 2**20)
    code = "import os\npid = os.fork()\nif pid == 0:\n  b'x' * (300 * 2**20)\n  os._exit(0)\nresult = os.waitpid(pid, 0)[1]"
    assert inside.session.hits() == frozenset()
    assert inside.run(code) == signal.SIGKILL
    assert [inside.session.hits(), inside.session.hits()] == [{Ending.MEMORY}, frozenset()]


def test_a_process_storm_is_heard_and_the_next_job_is_graded(box):
    """Processes stop at the cap, the hit is told, the entries of the dead are gone, and the next run has all its room (faults 45)."""
    storm = """
    import os, signal, time
    children = []
    try:
        while True:
            pid = os.fork()
            if pid == 0:
                try:
                    if os.fork() == 0: os._exit(0)  # nobody waits for this one
                except BlockingIOError: pass
                time.sleep(1000)
            children.append(pid)
    except BlockingIOError: pass
    for pid in children: os.kill(pid, signal.SIGKILL); os.waitpid(pid, 0)
    result = len(children)
    """
    inside = box()
    assert 0 < inside.run(storm) < SMALL.tasks
    assert inside.session.hits() == {Ending.PIDS}
    honest = "import threading; t = [threading.Thread(target=int) for _ in range(50)]; [x.start() for x in t]; [x.join() for x in t]; result = len(t)"
    assert inside.run(honest) == 50
    assert inside.session.hits() == frozenset()


def test_two_hundred_threads_are_within_a_limit_that_says_so(box):
    """The cap counts threads; a correct program with 200 of them passes where the spec allows them (faults 46)."""
    code = """
    import threading
    barrier = threading.Barrier(201)
    threads = [threading.Thread(target=barrier.wait) for _ in range(200)]
    for thread in threads: thread.start()
    barrier.wait()
    for thread in threads: thread.join()
    result = len(threads)
    """
    inside = box(tasks=220)
    assert inside.run(code) == 200
    assert inside.session.hits() == frozenset()


def test_a_slow_start_does_not_eat_the_students_time(make, tmp_path):
    """The entry sleeps 3 s; the run that needs 3 s under a limit of 5 s is answered: its clock starts after the hello (faults 55)."""
    hello = json.dumps({"hello": {"python": "3.11.2"}})
    answer = f"import sys, time\ntime.sleep(3)\nprint('{hello}', flush=True)\nsys.stdin.readline()\ntime.sleep(3)\nprint('done', flush=True)\n"
    (tmp_path / "driver.py").write_text(answer, encoding="utf-8")
    with make(tmp_path).open(SandboxSpec(SMALL)) as session:
        session.send(b"go\n")
        assert session.receive(wall=5, cpu=5) == b"done\n"


def test_a_start_that_fails_after_create_leaves_nothing(backend, monkeypatch):
    """Ten times: the Engine creates the container but cannot start it; none is left (faults 53)."""
    monkeypatch.setattr(docker_options, "IPV6_ON_LOOPBACK", {"net.ipv4.there_is_no_such_setting": "1"})
    for _ in range(10):
        with pytest.raises(SandboxError, match="there_is_no_such_setting"):
            backend.open(SandboxSpec(SMALL))
    assert containers(backend) == []


def test_a_killed_graders_container_is_reaped_by_the_next_one(backend):
    """SIGKILL to a grader leaves a running container; the next start sees that its owner is dead and removes it (faults 53)."""
    code = """
    import sys, time
    from pathlib import Path
    from grader.containers.docker import DockerBackend
    from grader.containers.session import SandboxSpec
    session = DockerBackend(driver=Path(sys.argv[1])).open(SandboxSpec())
    print(session._container, flush=True)
    time.sleep(1000)
    """
    arguments = [sys.executable, "-c", textwrap.dedent(code), str(backend._driver)]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) as grader:
        container = grader.stdout.readline().strip()
        try:
            mine = backend.open(SandboxSpec(SMALL))
            backend.reap()
            alive = backend.engine.call("look", lambda c: c.inspect_container(container))["State"]
        finally:
            os.kill(grader.pid, signal.SIGKILL)
    assert alive["Running"]
    backend.reap()
    assert is_gone(backend, container)
    assert Inside(mine).run("result = 1") == 1
    mine.close()


def test_every_state_is_reaped(backend):
    """Created, running, paused and exited containers of an owner that died all go; it lives until all four are there."""
    image = backend._prepare().id
    code = "import time; from grader.containers.docker_reaper import labels; print(labels(time.time()), flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as maker:
        carried = ast.literal_eval(maker.stdout.readline())

        def left(command):
            return backend.engine.call(
                "create",
                lambda c: c.create_container(image, command, labels=carried, entrypoint=[], network_disabled=True),
            )["Id"]

        made = {state: left(["sleep", "1000"]) for state in ("created", "running", "paused")} | {
            "exited": left(["true"])
        }
        for state in ("running", "paused", "exited"):
            backend.engine.call("start", lambda c, state=state: c.start(made[state]))
        backend.engine.call("pause", lambda c: c.pause(made["paused"]))
        maker.kill()
    backend.reap()
    assert is_gone(backend, *made.values())


def test_a_container_that_somebody_else_removes_is_infra(backend):
    """An operator's `docker rm -f` in the middle of a run is nobody's zero."""
    session = backend.open(SandboxSpec(SMALL))
    backend.engine.call("remove", lambda c: c.remove_container(session._container, force=True))
    assert session.receive(wall=60, cpu=60) is Ending.INFRA
    session.close()
    assert containers(backend) == []
