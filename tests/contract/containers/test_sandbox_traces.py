"""Nothing of a sandbox remains: no process, descriptor, mount, control group or file, however it ended."""

import json
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import psutil
import pytest

from grader.containers.session import Ending, SandboxSpec
from grader.errors import SandboxError

REPOSITORY = Path(__file__).parents[3]
DAEMON = """
import os, signal, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        for n in range(1, 32):
            try: signal.signal(n, signal.SIG_IGN)
            except (OSError, ValueError): pass
        time.sleep(1000)
    os._exit(0)
os.wait(); time.sleep(0.2)
"""


def control_groups(pid):
    """The control groups that the process made for sandboxes. Other tests' groups come and go below us: a walk that stumbles on one goes on."""
    return [name for _, names, _ in os.walk("/sys/fs/cgroup") for name in names if name.startswith(f"grader-{pid}-")]


def traces():
    """What a sandbox might leave of itself in this process and on this machine."""
    own = f"/proc/{os.getpid()}"
    return {
        "children": sorted(child.pid for child in psutil.Process().children(recursive=True)),
        "descriptors": sorted(path.name for path in Path(own, "fd").iterdir()),
        "mounts": Path(f"{own}/mountinfo").read_text(encoding="utf-8"),
        "groups": control_groups(os.getpid()),
        "files": sorted(path.name for path in Path(tempfile.gettempdir()).iterdir()) if tempfile.tempdir else [],
    }


@pytest.fixture
def no_traces(backend, tmp_path, monkeypatch):
    """Fails a test after which something is there that was not there before."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    backend.open(SandboxSpec()).close()  # what is opened once and kept, a connection say, is no trace of a sandbox
    before = traces()
    yield
    assert traces() == before


@pytest.mark.parametrize(
    "code",
    [
        "result = 1",
        "import os; os._exit(1)",
        "import time; time.sleep(1000)",
        DAEMON,
        "import os, time\nfor _ in range(20):\n  if os.fork() == 0: time.sleep(1000)",
        "import os, signal; os.kill(os.getpid(), signal.SIGSTOP)",
        "open('litter', 'w').write('x')\nimport socket, builtins; builtins.keep = socket.create_server(('127.0.0.1', 0))",
    ],
    ids=["peace", "exit", "wait", "daemon", "children", "stopped", "litter"],
)
def test_nothing_remains(no_traces, backend, code):
    """Whatever ran, and however it ended, closing leaves this process and this machine as they were."""
    with backend.open(SandboxSpec()) as session:
        session.send(json.dumps({"run": code}).encode() + b"\n")
        session.receive(wall=0.6, cpu=60)


def test_nothing_remains_of_many(no_traces, backend):
    """Twenty sandboxes one after the other, three of them open at once, leave nothing, zombies included."""
    for _ in range(20):
        sessions = [backend.open(SandboxSpec()) for _ in range(3 if _ % 7 == 0 else 1)]
        assert [session.close() for session in sessions] == [Ending.OK] * len(sessions)


def test_nothing_remains_of_a_start_that_failed(make, tmp_path, monkeypatch):
    """A driver without a hello leaves nothing either."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    (tmp_path / "driver.py").write_text("raise SystemExit(1)\n", encoding="utf-8")
    tmp_path.chmod(0o755)
    backend = make(tmp_path)
    with pytest.raises(SandboxError):
        backend.open(SandboxSpec())
    before = traces()
    for _ in range(3):
        with pytest.raises(SandboxError):
            backend.open(SandboxSpec())
    assert traces() == before


@pytest.mark.isolated
def test_a_daemon_of_one_run_is_gone_in_the_next(inside):
    """A process that left its session and ignores signals does not outlive its sandbox."""
    first = inside()
    assert first.run(f"{DAEMON}\nresult = sum(n.isdigit() for n in os.listdir('/proc'))") >= 3
    first.session.close()
    assert inside().run("import os; result = sum(n.isdigit() for n in os.listdir('/proc'))") <= 3


GRADER = """
import json, sys, time
from pathlib import Path
from {module} import {backend}
from grader.containers.session import SandboxSpec
session = {backend}(Path({stub!r})).open(SandboxSpec())
session.send(json.dumps({{"run": {code!r}}}).encode() + b"\\n")
time.sleep(0.5)
print("open", flush=True)
time.sleep(1000)
"""


@pytest.mark.bubblewrap
@pytest.mark.parametrize("signal_number", [signal.SIGKILL, signal.SIGTERM])
def test_nothing_remains_of_a_grader_that_was_killed(signal_number):
    """The sandbox dies with its grader, children and daemons included; the next grader removes its control group."""
    from grader.containers.bubblewrap import Bubblewrap

    try:
        backend = Bubblewrap(Path(__file__).parent / "stub")
    except SandboxError as error:
        pytest.skip(str(error))
    values = {
        "module": "grader.containers.bubblewrap",
        "backend": "Bubblewrap",
        "stub": str(backend.driver),
        "code": DAEMON,
    }
    code = GRADER.format(**values)
    grader = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, cwd=REPOSITORY)
    assert grader.stdout.readline() == b"open\n"
    family = psutil.Process(grader.pid).children(recursive=True)
    assert len(family) >= 4
    grader.send_signal(signal_number)
    grader.wait()
    grader.stdout.close()
    _, alive = psutil.wait_procs(family, timeout=60)
    assert alive == []
    with backend.open(SandboxSpec()):
        assert control_groups(grader.pid) == []


@pytest.mark.bubblewrap
def test_a_sandbox_killed_by_somebody_else_is_noticed():
    """When the process we started is killed from outside, the session says so and the rest is gone."""
    from grader.containers.bubblewrap import Bubblewrap

    try:
        session = Bubblewrap(Path(__file__).parent / "stub").open(SandboxSpec())
    except SandboxError as error:
        pytest.skip(str(error))
    family = psutil.Process(session.process.pid).children(recursive=True)
    os.kill(session.process.pid, signal.SIGKILL)
    assert session.receive(wall=60, cpu=60) is Ending.SIGNAL
    session.close()
    assert not [process for process in family if process.is_running()]


def test_reading_ends_while_a_grandchild_holds_the_pipe(inside):
    """A process that keeps the driver's output open does not keep the session waiting after the driver's end."""
    box = inside()
    ending = box.answer("import os, time\nif os.fork() == 0:\n  time.sleep(1000)\nos._exit(0)", wall=2)
    assert ending in (Ending.EXIT, Ending.IDLE, Ending.WALL)
