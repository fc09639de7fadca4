"""Attacks on what watches: the driver, its pipes, the tests, and whatever a run might leave for the next one."""

import os
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

import sandbox as sandbox_package
from grader.containers.bubblewrap import Bubblewrap
from tests.judging import Arena, exercise, sandbox, told

pytestmark = pytest.mark.bubblewrap

ONLY_IN_TESTS = "kX7-only-the-tests-know-this-Qz9"
TESTS = f"""
UNIQUE = "{ONLY_IN_TESTS}"

def test_refused(call):
    found = call("look")
    assert found == "nothing", UNIQUE

def test_nothing_left(call):
    call("leave")
    found = call("look")
    assert found == "nothing", UNIQUE
"""
LIMITS = "limits: {wall: 10s, cpu: 5s, memory: 256MB, tasks: 32, disk: 16MB}\n"


@pytest.fixture(scope="module")
def arena(tmp_path_factory):
    root = tmp_path_factory.mktemp("secret-place-of-the-course")
    one = Arena(exercise(root, TESTS, "{test_refused: 2, test_nothing_left: 3}", more=LIMITS), sandbox())
    with one.judges:
        yield one


# Each `look` tries something and returns "nothing" when it was refused or found nothing, else what it got.
REFUSED = {
    "open the driver's memory": """
        import os
        for mode in ("rb", "r+b", "wb"):
            try:
                open(f"/proc/{os.getppid()}/mem", mode, buffering=0)
                return mode
            except OSError:
                pass
        """,
    "read what describes the driver": """
        import os
        for name in ("environ", "maps", "auxv", "stack", "syscall", "io"):
            try:
                got = open(f"/proc/{os.getppid()}/{name}", "rb").read()
            except OSError:
                continue
            if got:
                return name
        """,
    "open the driver's descriptors": """
        import os
        for fd in range(20):
            for mode in (os.O_RDONLY, os.O_WRONLY):
                try:
                    return os.open(f"/proc/{os.getppid()}/fd/{fd}", mode)
                except OSError:
                    pass
        try:
            return os.listdir(f"/proc/{os.getppid()}/fd")
        except OSError:
            pass
        """,
    "the same through its threads and pid 1": """
        import os
        for pid in [p for p in os.listdir("/proc") if p.isdigit() and int(p) != os.getpid()]:
            for path in (f"/proc/{pid}/task/{pid}/mem", f"/proc/{pid}/task/{pid}/fd/0", f"/proc/{pid}/fd/1", f"/proc/{pid}/mem"):
                for mode in ("rb", "r+b"):
                    try:
                        open(path, mode, buffering=0)
                        return path
                    except OSError:
                        pass
        """,
    "trace the driver": """
        import ctypes, os
        libc = ctypes.CDLL(None, use_errno=True)
        for request in (16, 0x4206):  # PTRACE_ATTACH, PTRACE_SEIZE
            if libc.ptrace(request, os.getppid(), 0, 0) == 0:
                return request
        """,
    "write into the driver with process_vm_writev": """
        import ctypes, os
        libc = ctypes.CDLL(None, use_errno=True)
        buffer = ctypes.create_string_buffer(8)
        class iovec(ctypes.Structure):
            _fields_ = [("base", ctypes.c_void_p), ("length", ctypes.c_size_t)]
        local = iovec(ctypes.addressof(buffer), 8)
        remote = iovec(0x555555554000, 8)
        for call in (libc.process_vm_readv, libc.process_vm_writev):
            if call(os.getppid(), ctypes.byref(local), 1, ctypes.byref(remote), 1, 0) >= 0:
                return "done"
        """,
    "steal a descriptor of the driver": """
        import ctypes, os
        libc = ctypes.CDLL(None, use_errno=True)
        try:
            pidfd = os.pidfd_open(os.getppid())
        except OSError:
            return "nothing"
        for fd in range(12):
            if libc.syscall(438, pidfd, fd, 0) >= 0:  # pidfd_getfd
                return fd
        """,
    "descriptors that were left open": """
        import os, stat
        kinds = {}
        for fd in map(int, os.listdir("/proc/self/fd")):
            try:
                kinds[fd] = os.readlink(f"/proc/self/fd/{fd}")
            except OSError:
                pass
        # stdin is a file, 1 and 2 pipes, 3 the report, then only files of ours that have no name any more, and /proc itself
        odd = {fd: k for fd, k in kinds.items() if fd > 3 and "(deleted)" not in k and "/proc" not in k and not k.startswith("pipe:")}
        pipes = {k for fd, k in kinds.items() if k.startswith("pipe:")}
        return "nothing" if not odd and len(pipes) == 3 else (odd, kinds)
        """,
    "environment": """
        import os
        return dict(os.environ) or "nothing"
        """,
    "what others were started with": """
        import os
        words = []
        for pid in [p for p in os.listdir("/proc") if p.isdigit()]:
            for name in ("environ", "cmdline"):
                try:
                    words.append(open(f"/proc/{pid}/{name}", "rb").read().decode())
                except OSError:
                    pass
        text = " ".join(words)
        bad = [w for w in ("secret-place", "grader", "test_reference", "HOME", "PATH=", "/work", "/root", "/home", "SECRET") if w in text]
        return text if bad else "nothing"
        """,
    "the mount table": """
        text = open("/proc/self/mountinfo").read() + open("/proc/self/cgroup").read()
        bad = [w for w in ("secret-place", "grader-judge", "test_reference", "snapshots", "pytest") if w in text]
        return text if bad else "nothing"
        """,
    "the tests, anywhere in the file system": """
        import os, re
        pattern = re.compile(rb"kX[7]-only-the-tests-know")
        for top, folders, files in os.walk("/"):
            if top == "/":
                folders[:] = [f for f in folders if f not in ("proc", "sys", "usr", "lib", "lib64", "bin", "sbin")]
            for name in files:
                path = os.path.join(top, name)
                if name in ("test_reference.py", "mistakes.yaml"):
                    return path
                try:
                    with open(path, "rb") as file:
                        if not path.startswith("/dev") and pattern.search(file.read(1000000)):
                            return path
                except OSError:
                    pass
        """,
    "the tests, anywhere in this process": """
        import re
        pattern = re.compile(rb"kX[7]-only-the-tests-know|def test_refuse[d]|expected[_]")
        with open("/proc/self/maps") as maps, open("/proc/self/mem", "rb", 0) as memory:
            for line in maps:
                span, mode = line.split()[:2]
                begin, end = (int(x, 16) for x in span.split("-"))
                if not mode.startswith("rw") or "[v" in line:
                    continue
                try:
                    memory.seek(begin)
                    found = pattern.search(memory.read(end - begin))
                except (OSError, ValueError, OverflowError):
                    continue
                if found and b"only" in found[0]:
                    return found[0].decode()
        """,
    "the tests, in the frames and the heap": """
        import gc, sys
        frame, texts = sys._getframe(), []
        while frame:
            texts += [repr(v)[:2000] for v in frame.f_locals.values()]
            frame = frame.f_back
        for thing in gc.get_objects():
            if type(thing) in (dict, list, tuple):
                texts += [x for x in (thing.values() if type(thing) is dict else thing) if type(x) is str and len(x) < 5000]
        mark = "-".join(["kX7", "only", "the", "tests"]) + "-know"
        return [t for t in texts if mark in t] or "nothing"
        """,
    "the folder of the sandbox": """
        import os
        names = [os.path.join(t, f) for t, _, fs in os.walk("/sandbox") for f in fs]
        text = "".join(open(n, errors="replace").read() for n in names if n.endswith(".py"))
        bad = [w for w in ("import pytest", "Verdict", "max_points", "verdict.pass") if w in text]
        if bad:
            return bad
        try:
            open("/sandbox/driver.py", "a")
            return "writable"
        except OSError:
            pass
        """,
}


@pytest.mark.parametrize("name", REFUSED)
def test_student_code_reaches_neither_driver_nor_tests(arena, name):
    """Refused, or nothing there: memory, descriptors and environment of the driver, and any trace of the tests."""
    body = textwrap.dedent(REFUSED[name])
    source = "def look():\n" + textwrap.indent(body, "    ") + "\n    return 'nothing'\n"
    record = arena.checks(source)["test_refused"]
    assert record.verdict == "pass", record


LEAVES = {
    "files in every place that can be written": (
        "import os\nfor p in ('/tmp', '/dev/shm', '/w', '.', '..'):\n    try: open(os.path.join(p, 'left'), 'w').close()\n    except OSError: pass",
        "import os\nfound = [t for top in ('/tmp', '/dev/shm', '/w') for t, _, fs in os.walk(top) if 'left' in fs]\nreturn found or 'nothing'",
    ),
    "folders that nobody may enter": (
        "import os\nfor p in ('/tmp', '/dev/shm', '/w', '.'):\n    os.makedirs(p + '/shut/inner', exist_ok=True); os.chmod(p + '/shut/inner', 0); os.chmod(p + '/shut', 0)\nos.chmod('.', 0)",
        "import os\nfound = [t for top in ('/tmp', '/dev/shm', '/w') for t, ds, _ in os.walk(top) if 'shut' in ds]\nreturn found or 'nothing'",
    ),
    "names that are no text": (
        "import os\nfor p in (b'/tmp', b'/dev/shm', b'/w'): open(p + b'/left\\xff\\n', 'w').close()",
        "import os\nfound = [n for p in (b'/tmp', b'/dev/shm', b'/w') for n in os.listdir(p) if n != b'run']\nreturn [repr(f) for f in found] or 'nothing'",
    ),
    "links to elsewhere": (
        "import os\nfor p in ('/tmp', '/dev/shm', '/w'): os.symlink('/sandbox', p + '/link')\nos.symlink('/', 'root')",
        "import os\nfound = [p for p in ('/tmp/link', '/dev/shm/link', '/w/link') if os.path.lexists(p)]\nreturn found or (os.path.exists('/sandbox/driver.py') and 'nothing') or 'removed what it must not'",
    ),
    "a deep tree": (
        "import os\nfor _ in range(300):\n    os.mkdir('d'); os.chdir('d')",
        "import os\nreturn [d for d in os.listdir('/w/run') if d == 'd'] or 'nothing'",
    ),
    "a daemon": (
        "import os, time\nif os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0:\n        time.sleep(100)\n    os._exit(0)",
        "import os\nothers = [p for p in os.listdir('/proc') if p.isdigit() and int(p) not in (1, os.getpid(), os.getppid())]\nreturn others or 'nothing'",
    ),
    "a daemon that forks on and is deaf": (
        (
            "import os, signal, time\nfor s in range(1, 32):\n    try: signal.signal(s, signal.SIG_IGN)\n    except OSError: pass\n"
            "if os.fork() == 0:\n    os.setsid()\n    while True:\n        if os.fork(): os._exit(0)\n        time.sleep(0.001)"
        ),
        "import os\nothers = [p for p in os.listdir('/proc') if p.isdigit() and int(p) not in (1, os.getpid(), os.getppid())]\nreturn others or 'nothing'",
    ),
    "a listening port": (
        "import os, socket, time\nif os.fork() == 0:\n    s = socket.socket(); s.bind(('127.0.0.1', 5555)); s.listen(); time.sleep(100)\ntime.sleep(0.2)",
        "import socket\ns = socket.socket()\ns.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)\ns.bind(('127.0.0.1', 5555))\nreturn 'nothing'",
    ),
    "shared memory of System V": (
        "import ctypes\nlibc = ctypes.CDLL(None)\nreturn libc.shmget(4711, 4096, 0o1666)",
        "import ctypes\nlibc = ctypes.CDLL(None)\nreturn 'nothing' if libc.shmget(4711, 4096, 0o666) < 0 else 'shared memory'",
    ),
    "changed names of modules": (
        "import os, time, threading, json\nos.getpid = time.sleep = threading.Lock = json.loads = None",
        "import os, time, threading, json\nreturn 'nothing' if os.getpid and time.sleep and threading.Lock and json.loads else 'changed'",
    ),
    "a full disk": (
        "try:\n    with open('big', 'wb') as f:\n        while True: f.write(b'x' * 2**20)\nexcept OSError: pass",
        "open('/w/small', 'wb').write(b'x' * 2**20)\nreturn 'nothing'",
    ),
    "many processes": (
        "import os, time\nfor _ in range(25):\n    if os.fork() == 0: time.sleep(100)",
        "import os, time\nfor _ in range(20):\n    if os.fork() == 0: os._exit(0)\nreturn 'nothing'",
    ),
}


@pytest.mark.parametrize("name", LEAVES)
def test_nothing_of_one_run_is_there_in_the_next(arena, name):
    """Files, processes, ports, shared memory and patched modules of run 1 are gone in run 2; the driver lives on."""
    leave, look = LEAVES[name]
    source = f"def leave():\n{textwrap.indent(leave, '    ')}\n\ndef look():\n{textwrap.indent(look, '    ')}\n"
    records = arena.checks(source)
    assert records["test_nothing_left"].verdict == "pass", told(records)


FORGE = """
import gc, os, json

def reporter():
    return next(o for o in gc.get_objects() if type(o).__name__ == "Report" and hasattr(o, "_nonce"))

def line(value="nothing", **more):
    facts = dict(outcome="value", value=value, events=[], traces=[], children=[], unsupported=[], notices=[], reached=True, held=0,
                 found=[], dropped=False, printed={}, pid=os.getpid(), threads=[], processes=0)
    return json.dumps({**facts, **more}).encode()

def send(data):
    r = reporter()
    os.write(r._fd, data)
"""
FORGED = {
    "without the nonce": "send(line() + b'\\n'); os._exit(0)",
    "with another nonce": "send(b'0' * 32 + b' ' + line() + b'\\n'); os._exit(0)",
    "with the nonce as part of the text": "send(b' ' + reporter()._nonce.encode() + line() + b'\\n'); os._exit(0)",
    "before the honest one": "send(reporter()._nonce.encode() + b' ' + line() + b'\\n'); return 1",
    "twice": "send((reporter()._nonce.encode() + b' ' + line() + b'\\n') * 2); os._exit(0)",
    "half a line": "send(reporter()._nonce.encode() + b' ' + line()[:40]); os._exit(0)",
    "a line without its end": "send(reporter()._nonce.encode() + b' ' + line()); os._exit(0)",
    "an empty line first": "send(b'\\n' + reporter()._nonce.encode() + b' ' + line() + b'\\n'); os._exit(0)",
    "not JSON": "send(reporter()._nonce.encode() + b' hello\\n'); os._exit(0)",
    "deep JSON": "send(reporter()._nonce.encode() + b' ' + b'[' * 60000 + b']' * 60000 + b'\\n'); os._exit(0)",
    "NaN": "send(reporter()._nonce.encode() + b' ' + line(held=float('nan')) + b'\\n'); os._exit(0)",
    "NaN as a value": "send(reporter()._nonce.encode() + b' ' + line({'float': 'nan'}) + b'\\n'); os._exit(0)",
    "duplicate keys": "send(reporter()._nonce.encode() + b' {\"outcome\": 1, ' + line()[1:] + b'\\n'); os._exit(0)",
    "a huge int": "send(reporter()._nonce.encode() + b' ' + line()[:-1] + b', \"x\": ' + b'9' * 5000 + b'}\\n'); os._exit(0)",
    "an outcome that is none": "send(reporter()._nonce.encode() + b' ' + line(outcome='pass') + b'\\n'); os._exit(0)",
    "an outcome of scripts": "send(reporter()._nonce.encode() + b' ' + line(outcome='ended') + b'\\n'); os._exit(0)",
    "no value": "send(reporter()._nonce.encode() + b' ' + line().replace(b'\"value\":', b'\"valve\":') + b'\\n'); os._exit(0)",
    "verdict and points": 'send(reporter()._nonce.encode() + b\' {"verdict": "pass", "points": "9"}\\n\'); os._exit(0)',
    "numbers for texts": "send(reporter()._nonce.encode() + b' ' + line(threads=7, processes='x') + b'\\n'); os._exit(0)",
    "texts for numbers": "send(reporter()._nonce.encode() + b' ' + line(children=['1'], pid='1') + b'\\n'); os._exit(0)",
    "a place that is none": "send(reporter()._nonce.encode() + b' ' + line(outcome='raised', raised={'name': 'E', 'bases': [], 'message': '', 'line': 1}, trace=[7]) + b'\\n'); os._exit(0)",
    "a cycle that is none": "send(reporter()._nonce.encode() + b' ' + line(outcome='finding', finding={'kind': 'deadlock', 'cycle': [1]}) + b'\\n'); os._exit(0)",
    "lone surrogates everywhere": "send(reporter()._nonce.encode() + b' ' + line(outcome='raised', raised={'name': '\\ud800', 'bases': [], 'message': '\\udfff\\x00', 'line': 1}, trace=[]) + b'\\n'); os._exit(0)",
    "a broken watcher": "send(reporter()._nonce.encode() + b' ' + line(outcome='broken') + b'\\n'); os._exit(0)",
    "on every descriptor": "for fd in range(64):\n    try: os.write(fd, line() + b'\\n')\n    except OSError: pass\nreturn 1",
    "a reply of the driver on every descriptor": 'for fd in range(64):\n    try: os.write(fd, b\'{"id": "1", "ran": {}}\\n\')\n    except OSError: pass\nreturn 1',
    "a flood": "while True: send(b'x' * 65536)",
    "from a child, after the end": "import time\nif os.fork() == 0:\n    time.sleep(0.05); send(reporter()._nonce.encode() + b' ' + line() + b'\\n'); os._exit(0)\nreturn 1",
    "from a child, before the end": "import time\npid = os.fork()\nif pid == 0:\n    send(reporter()._nonce.encode() + b' ' + line() + b'\\n'); os._exit(0)\nos.waitpid(pid, 0); return 1",
    "garbage into the file of events": "import stat\nfor fd in range(4, 64):\n    try: os.write(fd, b'{}garbage\\n')\n    except OSError: pass\nreturn 1",
}


@pytest.mark.parametrize("name", FORGED)
def test_a_forged_report_earns_nothing(arena, name):
    """A report that is not exactly one whole, well-formed line with this run's nonce gives no point, and the next run is untouched by it."""
    body = textwrap.indent(textwrap.dedent(FORGED[name]), "    ")
    grading = arena.grade(f"{FORGE}\ndef look():\n{body}\n\ndef leave():\n    return 0\n")
    record = grading.checks[0]
    assert record.points == 0, record
    assert record.verdict in ("review", "crashed", "fail", "error", "output"), record
    assert grading.canonical()


def test_a_report_of_an_earlier_run_cannot_be_replayed(arena):
    """Every run has a nonce of its own: one that student code printed before is worth nothing."""
    source = FORGE + (
        "def leave():\n    import ctypes\n    return 0\n\n"
        "def look():\n    send(b'00112233445566778899aabbccddeeff ' + line() + b'\\n')\n    os._exit(0)\n"
    )
    assert [record.verdict for record in arena.grade(source).checks] == ["review", "review"]


@pytest.mark.parametrize(
    "name", ["open the driver's memory", "open the driver's descriptors", "read what describes the driver"]
)
def test_the_attacks_above_are_real(arena, tmp_path, name):
    """Control: against a driver that did not make itself undumpable each of them succeeds, so their refusal means something."""
    copy = tmp_path / "sandbox"
    shutil.copytree(Path(sandbox_package.__file__).parent, copy, ignore=shutil.ignore_patterns("__pycache__"))
    driver = copy / "driver.py"
    text = driver.read_text()
    assert text.count("    set_dumpable(False)\n") == 1
    driver.write_text(text.replace("    set_dumpable(False)\n", "    set_dumpable(True)\n"))
    weak = Arena(arena.version, Bubblewrap(copy, arena.backend.program), arena.judges)
    body = textwrap.dedent(REFUSED[name])
    record = weak.checks("def look():\n" + textwrap.indent(body, "    ") + "\n    return 'nothing'\n")["test_refused"]
    assert record.verdict == "fail", record


def test_a_driver_refuses_to_be_root():
    """Undumpable means nothing to uid 0: without a word from a backend that isolates nothing, the driver does not start."""
    if os.getuid() != 0:
        pytest.skip("needs uid 0 to be refused")
    done = subprocess.run(
        [sys.executable, Path(sandbox_package.__file__).parent / "driver.py"],
        input=b"",
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert done.returncode != 0
    assert b"refuses to run as root" in done.stderr
