"""Faults that other graders had with verdicts, limits and scripts: each with its right outcome here, in a real sandbox."""

import base64
import subprocess
import sys
import textwrap

import pytest

from grader.containers.session import Limits, SandboxSpec
from grader.errors import GraderError
from grader.judge.relay import Relay, load_message
from tests.judging import Arena, exercise, sandbox, told

pytestmark = pytest.mark.bubblewrap

TESTS = """
def test_one(call):
    assert call("one") == 1

def test_two(call):
    assert call("two") == 2

def test_script(script):
    ran = script()
    assert ran.lines == ["ok"] and ran.exit == 0
"""
CHECKS = "{test_one: 1, test_two: 2, test_script: 3, right: {points: 4, run: {args: [x], exit: 0, lines: [ok]}}}"
LIMITS = "limits: {wall: 4s, cpu: 2s, memory: 128MB, tasks: 32, disk: 16MB, output: 64kB}\n"
GOOD = "def one(): return 1\ndef two(): return 2\nif __name__ == '__main__': print('ok')\n"


@pytest.fixture(scope="module")
def arena(tmp_path_factory):
    one = Arena(exercise(tmp_path_factory.mktemp("course"), TESTS, CHECKS, more=LIMITS), sandbox())
    with one.judges:
        yield one


def verdicts(records):
    return [str(record.verdict) for record in records.values()]


def test_a_file_that_does_not_compile_lists_every_check(arena):
    """Each check is there with the line at fault; none is hidden by the first error."""
    records = arena.checks("def one(:\n    return 1\n")
    assert verdicts(records) == ["error"] * 4, told(records)
    assert all("1" in record.message["zh"] and "SyntaxError" in record.message["zh"] for record in records.values())


def test_the_first_of_two_tests_deadlocks_and_the_second_has_its_points(arena):
    """A stuck check costs itself and nothing else."""
    records = arena.checks(
        "import threading\nlock = threading.Lock()\ndef one():\n    with lock, lock: return 1\n"
        + GOOD.partition("\n")[2]
    )
    assert verdicts(records) == ["deadlock", "pass", "pass", "pass"], told(records)


def test_printing_what_graders_print_changes_nothing(arena):
    """`10 passed`, JSON, escapes and lone surrogates on stdout are output, never a result."""
    noise = "print('10 passed'); print('{\"score\": 100}'); print('\\ud800\\x1b]0;x\\x07\\x00'); import sys; print(float('nan'), file=sys.stderr)\n"
    records = arena.checks(
        f"def one():\n    {noise}    return 0\ndef two():\n    {noise}    return 2\nif __name__ == '__main__':\n    {noise}"
    )
    assert verdicts(records) == ["fail", "pass", "fail", "fail"], told(records)


def test_two_hundred_thousand_lines_and_fifty_megabytes(arena):
    """Too much output is cut while it is read and has its own verdict; scores of the other checks stay."""
    records = arena.checks(
        "def one():\n    for n in range(200000): print(n)\n    return 1\n"
        "def two(): return 2\nif __name__ == '__main__':\n    raise ValueError('x' * 50_000_000)\n"
    )
    assert verdicts(records)[:2] == ["output", "pass"], told(records)
    assert records["test_script"].verdict in ("output", "error", "memory"), told(records)
    assert len(told(records)) < 30_000


def test_a_storm_of_processes_and_then_a_normal_run(arena):
    """What the first check started is gone before the second; the next student's run is as ever."""
    source = (
        "import os, time\ndef one():\n    while True:\n        try:\n            if os.fork() == 0: time.sleep(60)\n        except OSError: return 1\n"
        + GOOD.partition("\n")[2]
    )
    records = arena.checks(source)
    assert records["test_one"].verdict in ("pass", "limit", "memory", "timeout"), told(records)
    assert records["test_two"].verdict == "pass", told(records)
    assert verdicts(arena.checks(GOOD)) == ["pass"] * 4


def test_a_full_disk_and_then_a_normal_run(arena):
    """16 MB is the limit, 100 MB is tried: named; the next check writes as if nothing had been."""
    source = "def one():\n    open('big', 'wb').write(b'x' * 100_000_000)\n    return 1\ndef two():\n    open('small', 'wb').write(b'x' * 1_000_000)\n    return 2\n"
    records = arena.checks(source)
    assert records["test_one"].verdict in ("limit", "memory"), told(records)
    assert records["test_two"].verdict == "pass", told(records)


def test_an_endless_loop_is_a_timeout_of_the_students_and_never_of_the_graders(arena):
    """Also when it cannot be interrupted, and also at import."""
    for source in ("def one():\n    while True: pass\n", "while True: pass\n"):
        records = arena.checks(source)
        assert records["test_one"].verdict == "timeout", told(records)


def test_a_submission_in_gbk_says_so_and_is_graded(arena):
    """Bytes that are not UTF-8 are read as the course declares, with a notice, and the work counts."""
    records = arena.checks(
        "# 中文注释\ndef one(): return 1\ndef two(): return '二'\nif __name__ == '__main__': print('ok')\n".encode(
            "gb18030"
        )
    )
    assert verdicts(records) == ["pass", "fail", "pass", "pass"], told(records)


@pytest.mark.parametrize(
    "change",
    [lambda s: s.replace("\n", "\r\n"), lambda s: "\ufeff" + s, lambda s: s.replace("\n", "\r")],
    ids=["CRLF", "BOM", "CR"],
)
def test_line_ends_and_marks_of_other_systems(arena, change):
    """CRLF, a byte order mark, old Mac line ends: as Python reads them."""
    records = arena.checks(change(GOOD))
    assert verdicts(records) == ["pass"] * 4, told(records)


def test_python_2_is_named(arena):
    """The old print statement: said in one sentence, with the line."""
    records = arena.checks("def one(): return 1\nprint 'ok'\n")
    assert verdicts(records) == ["error"] * 4
    assert "Python 2" in records["test_one"].message["zh"]


SCRIPTS = {
    "a return at the end": "print('ok')",
    "sys.exit()": "import sys; print('ok'); sys.exit()",
    "sys.exit(3)": "import sys; print('ok'); sys.exit(3)",
    "sys.exit(-1)": "import sys; sys.exit(-1)",
    "sys.exit(256)": "import sys; sys.exit(256)",
    "sys.exit(True)": "import sys; sys.exit(True)",
    "sys.exit with a text": "import sys; sys.exit('no')",
    "exit in a function": "def f(): raise SystemExit(4)\nf()",
    "an exception": "print('ok'); 1 / 0",
    "arguments": "import sys; print(sys.argv)",
    "name and file": "import os; print(__name__, os.path.isabs(__file__), os.path.basename(__file__), os.listdir(os.path.dirname(__file__)) != [])",
    "stdin": "print(repr(open(0).read()))",
    "input to the end": "print(input()); print(input())\ntry: input()\nexcept EOFError: print('end')",
    "no newline at the end": "print('ok', end='')",
    "bytes": "import sys; sys.stdout.buffer.write(b'\\xff\\n')",
    "printing and writing past it": "import os, sys; print('a'); sys.stdout.flush(); os.write(1, b'b\\n'); print('c')",
    "a thread that goes on": "import threading, time\nthreading.Thread(target=lambda: (time.sleep(0.2), print('late'))).start(); print('main')",
    "a daemon that is cut off": "import threading, time\nthreading.Thread(target=lambda: (time.sleep(30), print('never')), daemon=True).start(); print('main')",
    "processes that go on": "import multiprocessing, time\ndef f(): time.sleep(0.2); print('late')\nif __name__ == '__main__':\n    multiprocessing.Process(target=f).start(); print('main')",
    "a child forked by hand": "import os\npid = os.fork()\nif pid: os.waitpid(pid, 0)\nprint('parent' if pid else 'child')",
    "a child that fails": "import os\npid = os.fork()\nif not pid: 1 / 0\nprint(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))",
    "a child's exit code": "import os, sys\npid = os.fork()\nif not pid: sys.exit(5)\nprint(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))",
    "exit codes of processes": "import multiprocessing, sys\ndef f(n): sys.exit(n)\ndef g(): 1 / 0\nps = [multiprocessing.Process(target=f, args=(3,)), multiprocessing.Process(target=g)]\nfor p in ps: p.start(); p.join(); print(p.exitcode)",
    "atexit": "import atexit; atexit.register(print, 'bye'); print('ok')",
    "atexit after an exception": "import atexit; atexit.register(print, 'bye'); 1 / 0",
    "atexit that fails": "import atexit; atexit.register(lambda: 1 / 0); print('ok')",
    "atexit after threads": "import atexit, threading, time\natexit.register(print, 'bye'); threading.Thread(target=lambda: (time.sleep(0.1), print('thread'))).start()",
    "an exception in a thread": "import threading\nt = threading.Thread(target=lambda: 1 / 0); t.start(); t.join(); print('ok')",
    "a program started": "import subprocess, sys; print(subprocess.run([sys.executable, '-c', 'print(1)'], capture_output=True, text=True).stdout)",
    "a signal of its own": "import os, signal; os.kill(os.getpid(), signal.SIGTERM)",
    "os._exit": "import os; print('ok'); os._exit(6)",
    "redirected output": "import contextlib, io\nwith contextlib.redirect_stdout(io.StringIO()) as f: print('hidden')\nprint(len(f.getvalue()))",
    "replaced stdout": "import io, sys\nold, sys.stdout = sys.stdout, io.StringIO()\nprint('hidden')\nsys.stdout = old\nprint('ok')",
    "main guard": "if __name__ == '__main__': print('main')\nelse: print('module')",
    "imports of its neighbour": "import helper; print(helper.n)",
    "modules by name": "import sys; print('__main__' in sys.modules, hasattr(sys.modules['__main__'], 'x')); x = 1; print(hasattr(sys.modules['__main__'], 'x'))",
}  # fmt: skip


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_ends_as_it_does_for_a_person(name, tmp_path):
    """Exit code and standard output are those of `python work.py a b`, whatever way the program ends."""
    source = SCRIPTS[name]
    (tmp_path / "work.py").write_text(source)
    (tmp_path / "helper.py").write_text("n = 7\n")
    plain = subprocess.run(
        [sys.executable, "-u", "work.py", "a", "b"],  # a line is out when it ends, as at a terminal
        cwd=tmp_path,
        input=b"1\n2\n",
        capture_output=True,
        timeout=60,
        check=False,
    )
    files = {"work.py": source.encode(), "helper.py": b"n = 7\n"}
    load = load_message(files, "work.py", "", "", {}, "utf-8")
    request = {
        "kind": "script",
        "watch": [],
        "plan": "plain",
        "args": ["a", "b"],
        "files": {},
        "stdin": "1\n2\n",
        "output": 2**20,
    }
    with Relay(sandbox(), SandboxSpec(limits=Limits(wall=20.0)), load, None) as relay:
        ran = relay.run(request)["ran"]
    code = ran["code"] if ran["ended"] == "exit" else -ran["code"]
    assert (code, base64.b64decode(ran["stdout"])) == (plain.returncode, plain.stdout), base64.b64decode(
        ran["stderr"]
    ).decode()


EARNS = {
    "prints the line and dies": ("print('ok'); import os; os._exit(0)", "crashed"),
    "prints the line from atexit's end": ("import atexit, os; print('ok'); atexit.register(os._exit, 0)", "crashed"),
    "prints the line and replaces itself": ("print('ok', flush=True); import os, sys; os.execv(sys.executable, ['python', '-c', ''])", "crashed"),
    "prints the line and is killed": ("print('ok'); import os; os.kill(os.getpid(), 9)", "crashed"),
    "prints the line and kills its parent": ("print('ok'); import os; os.kill(os.getppid(), 9)", "crashed"),
    "prints the line and fails": ("print('ok'); raise ValueError", "error"),
    "prints the line and exits with 1": ("print('ok'); raise SystemExit(1)", "error"),
    "prints the line to stderr": ("import sys; print('ok', file=sys.stderr)", "fail"),
    "prints the line, hidden in another": ("print('not ok')", "fail"),
    "prints the line in a daemon that outlives it": (
        "import os, time\nif os.fork() == 0:\n    os.setsid(); time.sleep(30); print('ok')", "fail"
    ),
    "closes its output": ("import sys, os; os.close(1); sys.stdout.close()", "fail|error|crashed|review"),
    "asks": ("print(input('ok'))", "needs_input"),
    "hooks exceptions": ("import sys, os; sys.excepthook = lambda *a: os._exit(0); print('ok'); raise ValueError", "error|crashed"),
    "hooks exceptions of threads": (
        "import threading; threading.excepthook = lambda a: None; threading.Thread(target=lambda: 1 / 0).start()", "fail"
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", EARNS)
def test_a_script_that_only_looks_right_earns_nothing(arena, name):
    """The line alone is no evidence: the file must also come to its end, with the exit code that is asked for."""
    body, allowed = EARNS[name]
    records = arena.checks(textwrap.dedent(body) + "\n")
    for check in ("right", "test_script"):
        assert records[check].points == 0, told(records)
    assert records["right"].verdict in allowed.split("|"), told(records)


def test_a_deadline_is_reached_however_busy_the_machine(arena):
    """A correct solution on a machine with other work is correct: nothing is asserted about durations."""
    busy = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(2)]
    try:
        records = arena.checks(GOOD.replace("return 1", "return sum(range(2 * 10**6)) and 1"))
        assert verdicts(records) == ["pass"] * 4, told(records)
        records = arena.checks("def one():\n    while True: pass\n")
        assert records["test_one"].verdict == "timeout", told(records)
    finally:
        for process in busy:
            process.kill()
            process.wait()


def test_the_largest_output_and_the_largest_value_fit_one_reply(tmp_path):
    """Full use of what a course may allow is no protocol violation; more than that is an error of the course."""
    tests = "def test_one(call):\n    assert len(call('one')) == 3\n"
    arena = Arena(exercise(tmp_path / "most", tests, "{test_one: 1}", more="limits: {output: 2MB}\n"), sandbox())
    with arena.judges:
        loud = "def one():\n    for _ in range(20000): print('\\x00' * 100)\n    return 'abc'\n"
        assert verdicts(arena.checks(loud)) == ["pass"]
        for value in ("'\\\\\"' * 500000", "'x' * 2000000", "'\\x00' * 2000000"):
            record = arena.checks(f"def one():\n    for _ in range(20000): print('x' * 100)\n    return {value}\n")[
                "test_one"
            ]
            assert record.verdict in ("fail", "output"), record
    with pytest.raises(GraderError, match="2MB"):
        exercise(tmp_path / "more", tests, "{test_one: 1}", more="limits: {output: 20MB}\n")
