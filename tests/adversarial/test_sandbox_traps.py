"""The five traps that measuring the sandboxes found, each held shut."""

import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

import psutil
import pytest

from grader.containers import bubblewrap as bubblewrap_module
from grader.containers import interpreter
from grader.containers.bubblewrap import Bubblewrap
from grader.containers.launch import is_root
from grader.containers.session import SandboxSpec
from tests.inside import SMALL, STUB, Inside

pytestmark = pytest.mark.bubblewrap


def test_trap_1_the_first_process_has_no_environment(inside, monkeypatch):
    """bwrap's own clearenv leaves the caller's environment readable in /proc/1/environ: it is started with an empty one."""
    monkeypatch.setenv("PLANTED_SECRET", "s3cret")
    box = inside()
    outside = Path(f"/proc/{box.session.process.pid}/environ").read_bytes()
    assert outside == b""
    found = box.run("try: result = open('/proc/1/environ').read()\nexcept PermissionError: result = 'denied'")
    assert found in ("", "denied")


def test_trap_2_processes_outside_do_not_count(inside):
    """The process cap counts this sandbox only, though as many processes of the same user run outside."""
    sleepers = [subprocess.Popen(["sleep", "1000"]) for _ in range(30)]
    try:
        code = "import os, signal\nborn = 0\ntry:\n  while True:\n    if os.fork() == 0: signal.pause()\n    born += 1\nexcept OSError: result = born"
        assert [inside(tasks=20).run(code) for _ in range(3)] == [inside(tasks=20).run(code)] * 3
        assert 18 <= inside(tasks=20).run(code) <= 22
    finally:
        for sleeper in sleepers:
            sleeper.kill()
            sleeper.wait()


def test_trap_2_ended_sandboxes_are_reaped(bubblewrap):
    """A sandbox that ended is no zombie that counts against the next: forty in a row start, and none is left."""
    before = zombies()
    for _ in range(40):
        bubblewrap.open(SandboxSpec(SMALL)).close()
    assert zombies() <= before


def zombies():
    """Ended children that this process has not waited for."""
    children = psutil.Process().children()
    return {child.pid for child in children if child.status() == psutil.STATUS_ZOMBIE}


@pytest.mark.root
@pytest.mark.skipif(not is_root(), reason="only real root escapes the process cap")
def test_trap_3_root_moves_to_a_spare_user_of_its_own(inside):
    """The process cap does not hold for real root: each sandbox of root has a user that nobody else has, and two at once differ."""
    code = "import os; result = [os.getuid(), os.getgid(), os.getgroups()]"
    first, second = inside().run(code), inside().run(code)
    assert first[0] != second[0]
    assert min(first[0], second[0]) >= 1_900_000_000
    assert first[1:] == [first[0], []]
    assert Path(f"/proc/{os.getpid()}/status").read_text(encoding="ascii").find(str(first[0])) == -1


def test_trap_4_a_python_below_a_closed_home_can_be_used(monkeypatch):
    """The interpreter is found also where it lives below a folder that is closed to others."""
    own = interpreter.own()
    monkeypatch.setattr(interpreter, "find", lambda: own)
    with Bubblewrap(STUB).open(SandboxSpec(SMALL)) as session:
        found = Inside(session).run("import sys, threading; result = [sys.version_info[:3], threading.__file__]")
    assert ".".join(map(str, found[0])) == own.version
    assert found[1].startswith(str(Path(sysconfig.get_paths()["stdlib"]).parent))


def test_trap_5_mount_probes_change_nothing_outside(inside):
    """Whatever a program inside tries to mount, the mounts of this process are as before."""
    before = Path("/proc/self/mountinfo").read_text(encoding="utf-8")
    code = """
    import ctypes
    libc = ctypes.CDLL(None, use_errno=True)
    result = [[libc.mount(b'none', place, b'tmpfs', flags, None), ctypes.get_errno()] for place in (b'/tmp', b'/usr', b'/') for flags in (0, 32, 4096)]
    result += [[libc.umount2(place, 2), ctypes.get_errno()] for place in (b'/proc', b'/tmp', b'/')]
    """
    assert inside().run(code) == [[-1, 1]] * 12
    assert Path("/proc/self/mountinfo").read_text(encoding="utf-8") == before


@pytest.fixture
def somebody():
    """An ordinary user's id, with a folder of its own."""
    uid = 1_899_999_999
    folder = Path(tempfile.mkdtemp(prefix="ordinary-"))
    os.chown(folder, uid, uid)
    yield uid, folder
    shutil.rmtree(folder)


@pytest.mark.root
@pytest.mark.skipif(not is_root(), reason="this already is an ordinary user")
def test_everything_holds_for_an_ordinary_user_too(somebody):
    """Started as root, limits, isolation, traces and traps are tried once more by a user with no rights at all."""
    uid, folder = somebody
    inside = interpreter.find()
    repository = Path(__file__).parents[2]
    packages = Path(sysconfig.get_paths()["purelib"])
    drop = ["setpriv", f"--reuid={uid}", f"--regid={uid}", "--clear-groups", "--", inside.program, "-B"]
    environment = {
        "PYTHONPATH": f"{repository}:{packages}",
        "PATH": os.defpath,
        "HOME": str(folder),
        "REQUIRE_SANDBOX": "bubblewrap",
    }
    reachable = subprocess.run([*drop, "-c", "import pytest, grader"], env=environment, cwd="/", check=False)
    if reachable.returncode != 0 or inside.version.split(".")[:2] != [str(n) for n in sys.version_info[:2]]:
        pytest.skip("an ordinary user cannot read this repository, its packages or a Python for them")
    contract = repository / "tests" / "contract" / "containers"
    files = [contract / f"test_sandbox_{name}.py" for name in ("limits", "isolation", "traces")]
    options = ["-q", "-p", "no:cacheprovider", "-m", "bubblewrap and not root", f"--basetemp={folder / 'pytest'}"]
    again = subprocess.run(
        [*drop, "-m", "pytest", *options, *files, Path(__file__)],
        env=environment,
        cwd=repository,
        capture_output=True,
        text=True,
        check=False,
    )
    assert again.returncode == 0, again.stdout[-6000:] + again.stderr[-2000:]
    assert " passed" in again.stdout


def test_every_bubblewrap_here_holds_the_same(subtests):
    """The distribution's program and the wheel's are both good: started, closed to the machine, limited, and gone."""
    programs = bubblewrap_module._programs()
    if not programs:
        pytest.skip("there is no bubblewrap here")
    code = """
    import os, signal
    born = 0
    try:
        while True:
            if os.fork() == 0: signal.pause()
            born += 1
    except OSError: pass
    result = [born, [f for f in ('/', '/dev', '/usr/lib') if os.access(f, os.W_OK)], open('/proc/self/personality').read().strip()]
    """
    for program in programs:
        with subtests.test(msg=str(program.name)), Bubblewrap(STUB, program).open(SandboxSpec(SMALL)) as session:
            born, writable, personality = Inside(session).run(code)
            assert SMALL.tasks - 2 <= born <= SMALL.tasks + 2
            assert (writable, personality) == ([], "00040000")
