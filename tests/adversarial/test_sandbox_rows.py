"""The catalogue of attacks, rows 20 to 24 and 39 to 63, as far as the sandbox answers for them: a small program for each.

Rows that a limit or a wall alone answers are in tests/contract/containers; docs/sandbox-coverage.md says where every row is.
"""

import gc

import psutil
import pytest

from grader.containers.bubblewrap import Bubblewrap
from grader.containers.session import Ending, SandboxSpec
from grader.errors import SandboxError
from tests.inside import SMALL, STUB, Inside

pytestmark = pytest.mark.bubblewrap

PLANT = """
import os, subprocess, sys
os.chdir('/w')
mark = 'open("/tmp/mark", "a").write(__file__ + "\\\\n")\\n'
for name in names: open(name, 'w').write(mark)
"""


def flags():
    return ["-P", "-s", "-S", "-B"]


def test_row_20_no_configuration_of_a_test_runner_is_read(inside):
    """There is no pytest beside student code, and files that would steer it are files like others."""
    names = ["conftest.py", "pytest.ini", "tox.ini", "setup.cfg", "pyproject.toml", "setup.py"]
    code = (
        PLANT
        + "import importlib.util\nresult = [importlib.util.find_spec(n) is None for n in ('pytest', '_pytest', 'pip')] + [os.path.exists('/tmp/mark')]"
    )
    assert inside().run(code, names=names) == [True, True, True, False]


def test_row_21_no_customisation_runs_in_a_new_interpreter(inside):
    """sitecustomize, usercustomize and .pth files run nowhere, and the library path cannot be written."""
    code = (
        PLANT
        + """
open('evil.pth', 'w').write('import sys; ' + mark)
done = subprocess.run([sys.executable, *flags, '-c', 'print(1)'], capture_output=True, text=True)
blocked = []
for folder in [path for path in sys.path if os.path.isdir(path)]:
    try: open(os.path.join(folder, 'sitecustomize.py'), 'w'); blocked.append(False)
    except OSError: blocked.append(True)
result = [done.stdout, os.path.exists('/tmp/mark'), all(blocked), len(blocked) > 0]
"""
    )
    assert inside().run(code, names=["sitecustomize.py", "usercustomize.py"], flags=flags()) == [
        "1\n",
        False,
        True,
        True,
    ]


def test_row_22_the_callers_environment_steers_nothing(inside, monkeypatch, tmp_path):
    """Variables of the grader's own environment that steer Python or pytest are not inside."""
    for name in (
        "PYTHONPATH",
        "PYTHONSTARTUP",
        "PYTHONHOME",
        "PYTEST_PLUGINS",
        "PYTEST_ADDOPTS",
        "LD_PRELOAD",
        "LD_LIBRARY_PATH",
    ):
        monkeypatch.setenv(name, str(tmp_path))
    found = inside().run("import os, sys; result = [sorted(os.environ), sys.path]")
    assert set(found[0]) <= {"PYTHONHASHSEED", "PWD", "LC_CTYPE"}
    assert str(tmp_path) not in found[1]


def test_row_23_a_file_named_like_a_module_shadows_nothing_of_the_driver(inside):
    """random.py and threading.py in the working folder are not what the driver imports."""
    code = (
        PLANT
        + "import random, threading, queue\nresult = [random.__file__.startswith('/w'), queue.__file__.startswith('/w'), os.path.exists('/tmp/mark')]"
    )
    assert inside().run(code, names=["random.py", "threading.py", "queue.py"]) == [False, False, False]


def test_row_24_poison_stays_in_the_process_that_took_it(inside):
    """A child that poisons its modules hurts itself: the driver goes on as before."""
    code = """
    import os, sys
    if (child := os.fork()) == 0:
        sys.modules['json'] = sys.modules['os'] = None; sys.meta_path.clear(); sys.path.clear()
        __builtins__['print'] = None
        os._exit(3)
    result = os.waitpid(child, 0)[1] >> 8
    """
    box = inside()
    assert [box.run(code), box.run("import decimal; result = str(decimal.Decimal(1))")] == [3, "1"]


def test_row_40_a_crash_is_a_crash_and_neighbours_are_closed(inside):
    """A wild pointer kills its own process by a signal; neither ptrace nor process_vm_writev opens a sibling."""
    code = """
    import ctypes, os, signal, time
    if (child := os.fork()) == 0:
        ctypes.string_at(8)
    crashed = os.WTERMSIG(os.waitpid(child, 0)[1])
    if (sibling := os.fork()) == 0: time.sleep(1000)
    libc = ctypes.CDLL(None, use_errno=True)
    attach = [libc.ptrace(16, sibling, 0, 0), ctypes.get_errno()]
    seize = [libc.ptrace(0x4206, sibling, 0, 0), ctypes.get_errno()]
    area = (ctypes.c_char * 16)()
    vector = (ctypes.c_void_p * 2)(ctypes.addressof(area), 16)
    write = [libc.process_vm_writev(sibling, vector, 1, vector, 1, 0), ctypes.get_errno()]
    os.kill(sibling, 9); os.wait()
    result = [crashed, attach, seize, write]
    """
    assert inside().run(code) == [11, [-1, 1], [-1, 1], [-1, 1]]


def test_row_44_a_fork_bomb_is_bounded(inside):
    """Everybody forks for ever: the sandbox ends at a limit, a neighbour works meanwhile, nothing is left."""
    neighbour, box = inside(), inside(tasks=40)
    box.start("import os\nwhile True:\n  try: os.fork()\n  except OSError: pass")
    assert neighbour.run("import os; child = os.fork() or os._exit(5); result = os.waitpid(child, 0)[1] >> 8") == 5
    family = psutil.Process(box.session.process.pid).children(recursive=True)
    assert box.session.receive(wall=3, cpu=2) in (Ending.CPU, Ending.WALL)
    assert box.session.usage().tasks <= 44
    assert not [process for process in family if process.is_running()]


def test_row_45_a_thread_bomb_is_bounded(inside):
    """Threads that start threads stop at the same counter."""
    code = """
    import threading, time
    def more():
        while True:
            try: threading.Thread(target=more, daemon=True).start()
            except RuntimeError: time.sleep(0.05)
    more()
    """
    box = inside(tasks=40)
    assert box.answer(code, wall=3, cpu=2) in (Ending.CPU, Ending.WALL, Ending.IDLE)
    assert box.session.usage().tasks <= 44


def test_row_48_a_loop_in_c_that_hears_no_signal_ends(inside):
    """One endless call into C with every signal blocked runs out of CPU."""
    code = "import signal; signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65)); sum(range(10**18))"
    assert inside().answer(code, wall=60, cpu=0.5) is Ending.CPU


def test_row_49_what_was_said_before_a_deadlock_is_kept(inside):
    """Lines sent before everything stood still arrive; then the deadline tells that nothing ran."""
    box = inside()
    box.start("import os, threading; os.write(1, b'half\\n'); lock = threading.Lock(); lock.acquire(); lock.acquire()")
    assert box.session.receive(wall=60, cpu=60) == b"half\n"
    assert box.session.receive(wall=1, cpu=60) is Ending.IDLE


def test_row_50_a_tree_that_stopped_itself_is_gone(inside):
    """SIGSTOP for everybody, SIGTERM ignored: the end comes all the same, and reaches all."""
    code = """
    import os, signal, time
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    for _ in range(3):
        if os.fork() == 0:
            os.kill(os.getpid(), signal.SIGSTOP); time.sleep(1000)
    os.kill(os.getpid(), signal.SIGSTOP)
    """
    box = inside()
    box.start(code)
    assert box.session.receive(wall=1, cpu=60) is Ending.IDLE
    assert not psutil.pid_exists(box.session.tree.root)


def test_row_53_exhausted_descriptors_and_ports_end_with_their_sandbox(inside):
    """A sandbox that holds every descriptor and a port takes nothing from the next one."""
    code = """
    import builtins, socket
    builtins.kept = [socket.create_server(('127.0.0.1', 5555))]
    try:
        while True: builtins.kept.append(socket.socket())
    except OSError as error: result = [error.errno, len(builtins.kept)]
    """
    first, second = inside(open_files=64).run(code), inside(open_files=64).run(code)
    assert first == second
    assert first[0] == 24


def test_row_54_floods_are_cut_while_they_come(inside):
    """Neither an endless line nor an endless stderr is ever held whole: what is kept stays small."""
    for code, ending in (
        ("import os\nwhile True: os.write(1, b'x' * 65536)", Ending.PROTOCOL),
        ("import os\nwhile True: os.write(2, b'x' * 65536)", Ending.OUTPUT),
    ):
        box = inside(message=2**20, output=2**20)
        before = psutil.Process().memory_info().rss
        assert box.answer(code, wall=60, cpu=60) is ending
        assert psutil.Process().memory_info().rss - before < 64 * 2**20
        assert len(box.session.stderr) <= 2**16


def test_row_56_many_runs_leave_nothing_that_grows(bubblewrap):
    """Thirty noisy sandboxes: no descriptor more, no memory that grows with them."""

    def noisy():
        with bubblewrap.open(SandboxSpec(SMALL)) as session:
            Inside(session).run("import os; os.write(2, b'x' * 500_000); result = 'y' * 500_000")

    noisy()
    gc.collect()
    before, memory = psutil.Process().num_fds(), psutil.Process().memory_info().rss
    for _ in range(30):
        noisy()
    gc.collect()
    assert psutil.Process().num_fds() <= before
    assert psutil.Process().memory_info().rss - memory < 32 * 2**20


@pytest.mark.parametrize(
    ("words", "advice"),
    [
        ("bwrap: setting up uid map: Permission denied", "AppArmor"),
        ("bwrap: loopback: Failed RTM_NEWADDR: Operation not permitted", "AppArmor"),
        (
            "bwrap: No permissions to create new namespace, likely because the kernel does not allow",
            "user.max_user_namespaces",
        ),
        ("bwrap: Creating new namespace failed: Resource temporarily unavailable", ""),
        ("bwrap: execvp /usr/bin/prlimit: No such file or directory", "util-linux"),
    ],
)
def test_row_59_a_sandbox_that_does_not_start_is_nobodys_zero(tmp_path, words, advice):
    """Whatever bwrap says when it fails is a SandboxError, which is retried, with what to do about it."""
    broken = tmp_path / "bwrap"
    broken.write_text(f"#!/bin/sh\necho '{words}' >&2\nexit 1\n", encoding="utf-8")
    broken.chmod(0o755)
    before = psutil.Process().num_fds()
    with pytest.raises(SandboxError) as caught:
        Bubblewrap(STUB, broken).open(SandboxSpec(SMALL))
    assert caught.value.exit_status == 3
    assert words in str(caught.value)
    assert advice in str(caught.value.remedy)
    gc.collect()
    assert psutil.Process().num_fds() <= before


def test_row_59_a_program_that_is_missing_is_a_sandbox_error(tmp_path):
    """So is a bwrap that went away."""
    before = psutil.Process().num_fds()
    with pytest.raises(SandboxError):
        Bubblewrap(STUB, tmp_path / "nowhere").open(SandboxSpec(SMALL))
    gc.collect()
    assert psutil.Process().num_fds() <= before


def test_row_60_what_cannot_be_held_is_said(bubblewrap):
    """Every limit has a measured word for how well it holds; without a control group, memory is not called enforced."""
    from grader.containers import cgroups
    from grader.containers.session import Enforcement

    held = bubblewrap.capabilities()
    assert set(held) == {"memory", "tasks", "cpu", "wall", "disk", "output", "network", "files", "privileges", "aslr"}
    assert held["memory"] is (Enforcement.ENFORCED if cgroups.find() else Enforcement.BEST_EFFORT)
    assert {held[name] for name in ("tasks", "wall", "disk", "output", "network", "files", "privileges")} == {
        Enforcement.ENFORCED
    }
