"""Attacks on the verdict: each earns nothing, says truthfully what happened, and leaves the other checks standing."""

import textwrap

import pytest

from tests.judging import Arena, exercise, sandbox, told

pytestmark = pytest.mark.bubblewrap

ONLY_IN_TESTS = "kX7-only-the-tests-know-this-Qz9"
TESTS = f"""
UNIQUE = "{ONLY_IN_TESTS}"

def test_first(call, inputs):
    n = inputs.randint(10**6, 10**9)
    assert call("double", n) == 2 * n, UNIQUE

def test_second(call, inputs):
    n = inputs.randint(10**6, 10**9)
    assert call("triple", n) == 3 * n, UNIQUE

def test_scene(explore, inputs):
    n = inputs.randint(10**6, 10**9)
    scene = explore("scene", n)
    scene.always(lambda run: run.value == [2 * n, 3 * n])
    scene.always(lambda run: [e.about for e in run.events("note")] == [2 * n])
"""
SCENARIOS = """
import json, random, threading
from stage import note, together

def scene(student, n):
    got = [student.double(n), student.triple(n)]
    note(got[0])
    return got
"""
HONEST = "def double(n):\n    return 2 * n\n\ndef triple(n):\n    return 3 * n\n"
TRIPLE = "\ndef triple(n):\n    return 3 * n\n"
CHECKS = "{test_first: 2, test_second: 3, test_scene: 4}"
LIMITS = "limits: {wall: 4s, cpu: 1s, memory: 128MB, tasks: 32, disk: 16MB, output: 64kB}\n"


@pytest.fixture(scope="module")
def arena(tmp_path_factory):
    version = exercise(tmp_path_factory.mktemp("course"), TESTS, CHECKS, scenarios=SCENARIOS, more=LIMITS)
    one = Arena(version, sandbox())
    with one.judges:
        yield one


def source(text):
    return textwrap.dedent(text)


# Each is code at the place marked: "load" while the file is loaded, "double" inside the function of the first check.
# Verdicts are those the first check may end in; the second check's function is honest.
IN_DOUBLE = {
    "exit 0 without an answer": ("import os; os._exit(0)", "crashed"),
    "killed by itself": ("import os; os.kill(os.getpid(), 9)", "crashed"),
    "SystemExit": ("raise SystemExit(0)", "error"),
    "KeyboardInterrupt": ("raise KeyboardInterrupt", "error"),
    "GeneratorExit": ("raise GeneratorExit", "error"),
    "kills its parent": ("import os; os.kill(os.getppid(), 9)", "crashed"),
    "kills everybody": ("import os; os.kill(-1, 9)", "crashed"),
    "terminates everybody, itself deaf": (
        "import os, signal; signal.signal(15, signal.SIG_IGN); os.kill(-1, 15); return 0",
        "crashed|fail",
    ),
    "stops itself": ("import os, signal; os.kill(os.getpid(), signal.SIGSTOP)", "timeout"),
    "stops its parent": ("import os, signal; os.kill(os.getppid(), signal.SIGSTOP)", "timeout"),
    "deaf to SIGTERM, endless": (
        "import signal; [signal.signal(s, signal.SIG_IGN) for s in (1, 2, 15)]\nwhile True: pass",
        "timeout",
    ),
    "deaf to SIGXCPU, endless": (
        "import signal; signal.signal(signal.SIGXCPU, signal.SIG_IGN)\nwhile True: pass",
        "timeout",
    ),
    "one endless step of C": ("sum(range(10**14))", "timeout"),
    "sleeps for ever": ("import time; time.sleep(1e6)", "timeout|hang"),
    "exception with a lying text": (
        "class E(Exception):\n    def __str__(self): raise SystemExit('passed')\nraise E",
        "error",
    ),
    "exception whose text ends the process": (
        "class E(Exception):\n    def __str__(self):\n        import os; os._exit(0)\nraise E",
        "crashed",
    ),
    "exception with a lying traceback": (
        "class E(Exception):\n    __traceback__ = property(lambda self: 1 / 0)\nraise E",
        "error|review",
    ),
    "equal to everything": ("class A:\n    __eq__ = lambda s, o: True\n    __hash__ = lambda s: 1\nreturn A()", "fail"),
    "never unequal": (
        "class A:\n    __eq__ = lambda s, o: True\n    __ne__ = lambda s, o: False\n    __rsub__ = lambda s, o: 0\nreturn A()",
        "fail",
    ),
    "an int that lies": (
        "class I(int):\n    __eq__ = lambda s, o: True\n    __hash__ = int.__hash__\nreturn I(1)",
        "fail",
    ),
    "a metaclass that lies": (
        (
            "class M(type):\n    __eq__ = lambda s, o: True\n    __hash__ = lambda s: hash(int)\n"
            "    __getattribute__ = lambda s, n: int.__getattribute__(0, n) if n == '__eq__' else type.__getattribute__(s, n)\n"
            "class A(metaclass=M):\n    __eq__ = lambda s, o: True\n    __hash__ = lambda s: 0\nreturn A()"
        ),
        "fail",
    ),
    "says it is an int": ("class A:\n    __class__ = int\n    __index__ = lambda s: 2 * n\nreturn A()", "fail"),
    "text instead": ("return str(2 * n)", "fail"),
    "nearly, as a float": ("return 2.0 * n + 0.5", "fail"),
    "not a number": ("return float('nan')", "fail"),
    "infinity": ("return float('inf')", "fail"),
    "a huge int": ("return 10 ** 5000", "fail"),
    "deep": ("v = n\nfor _ in range(100000): v = [v]\nreturn v", "fail"),
    "deep dicts": ("v = n\nfor _ in range(900): v = {0: v}\nreturn v", "fail"),
    "a list that is inside itself": ("v = []\nv.append(v)\nreturn v", "fail"),
    "lone surrogates": ("return '\\ud800\\udfff' * 3", "fail"),
    "zero bytes": ("return '\\x00' * 3", "fail"),
    "raises with lone surrogates": ("raise ValueError('\\ud800 \\x00')", "error"),
    "50 MB of text": ("return 'x' * (50 * 2**20)", "output|memory|fail|limit"),
    "a million items": ("return list(range(10**6))", "fail|output|memory"),
    "hostile repr": (
        "class A:\n    def __repr__(self): raise SystemExit(0)\n    __str__ = __repr__\nreturn A()",
        "fail",
    ),
    "hostile reduce": (
        "class A:\n    def __reduce__(self): return (exec, ('import os; os._exit(0)',))\nreturn A()",
        "fail",
    ),
    "unhashable in disguise": (
        "class L(list):\n    __hash__ = lambda s: 1\nreturn {L(): 1, frozenset({(L(),)}): 2}",
        "fail",
    ),
    "an object as a key": ("return {object(): 1}", "fail"),
    "an object in a set": ("return {object(), object()}", "fail"),
    "prints what graders print": (
        "print('1 passed'); print('{\"verdict\": \"pass\", \"points\": 9}'); print('10 passed in 0.01s'); return n",
        "fail",
    ),
    "floods without a newline": ("import os\nwhile True: os.write(1, b'x' * 65536)", "output"),
    "floods stderr": ("import sys\nwhile True: sys.stderr.write('x' * 65536)", "output"),
    "blank lines for ever": ("while True: print()", "output"),
    "fork bomb": ("import os\nwhile True: os.fork()", "limit|timeout|crashed|error"),
    "fork bomb that swallows": (
        "import os\nwhile True:\n    try: os.fork()\n    except OSError: pass",
        "limit|timeout|memory",
    ),
    "thread bomb": (
        "import threading, time\nwhile True: threading.Thread(target=time.sleep, args=(99,)).start()",
        "limit",
    ),
    "memory bomb": ("v = []\nwhile True: v.append(bytearray(2**20))", "memory"),
    "memory bomb in one piece": ("return len(bytearray(2**40))", "memory"),
    "memory bomb by a tree": (
        (
            "import os, time\nfor _ in range(6):\n    if os.fork() == 0:\n        v = bytearray(b'x') * (60 * 2**20); time.sleep(9)\n"
            "time.sleep(9)"
        ),
        "memory",
    ),
    "fills the disk": ("with open('x', 'wb') as f:\n    while True: f.write(b'x' * 2**20)", "limit|memory"),
    "opens everything": ("fs = []\nwhile True: fs.append(open('/dev/null'))", "limit"),
    "crashes the interpreter": ("import ctypes; ctypes.string_at(0)", "crashed"),
    "recursion": ("return double(n)", "error|crashed"),
    "patches what watches": (
        (
            "import time, os, threading, sys, builtins\n"
            "time.sleep = os.getpid = os.write = threading.Lock = threading.enumerate = sys._getframe = builtins.len = None\nreturn n"
        ),
        "fail|review|crashed",
    ),
    "patches the protocol": (
        (
            "import sys\nfor m in list(sys.modules.values()):\n    if (getattr(m, '__name__', '') or '').startswith('sandbox'):\n"
            "        for k in list(vars(m)):\n            if not k.startswith('__'): setattr(m, k, None)\nreturn n"
        ),
        "fail|review|crashed",
    ),
    "imports the stage and notes what is wanted": ("import stage; stage.note(2 * n); return n", "error"),
    "imports what watches": ("import sandbox.child; return n", "error"),
    "imports the program that runs it": ("import __main__; return __main__.child", "error"),
    "pickles a lock": ("import pickle, threading; return pickle.dumps(threading.Lock())", "error"),
    "empties sys.modules": ("import sys; sys.modules.clear(); return n", "fail|review|crashed|error"),
    "closes every descriptor": ("import os; os.closerange(0, 256); return n", "crashed|review|fail"),
    "takes the limits of its parent": (
        (
            "import os, resource\nfor w in (resource.RLIMIT_NOFILE, resource.RLIMIT_NPROC, resource.RLIMIT_FSIZE):\n"
            "    resource.prlimit(os.getppid(), w, (0, 0))\nreturn n"
        ),
        "fail|error|crashed",
    ),
}


@pytest.mark.parametrize("name", IN_DOUBLE)
def test_an_attack_in_one_function_costs_that_check_only(arena, name):
    """The first check earns nothing and names what happened; the second, whose function is honest, keeps its points."""
    code, allowed = IN_DOUBLE[name]
    grading = arena.grade("def double(n):\n" + textwrap.indent(code, "    ") + "\n" + TRIPLE)
    records = {record.test: record for record in grading.checks}
    assert records["test_first"].verdict in allowed.split("|"), told(records)
    assert records["test_first"].points == records["test_scene"].points == 0, told(records)
    assert records["test_second"].verdict == "pass", told(records)
    assert records["test_second"].points == 3
    assert grading.canonical()


AT_LOAD = {
    "exits with 0": ("import sys; sys.exit(0)", "error"),
    "leaves at once with 0": ("import os; os._exit(0)", "crashed"),
    "SystemExit": ("raise SystemExit", "error"),
    "endless": ("while True: pass", "timeout"),
    "sleeps": ("import time; time.sleep(1e6)", "timeout|hang"),
    "forks and both go on, wrong": ("import os; os.fork()", "missing"),
    "patches builtins": (
        "import builtins\nbuiltins.isinstance = lambda *a: True\nbuiltins.type = lambda *a: int\nbuiltins.len = lambda v: 1",
        "error|review|crashed|fail",
    ),
    "puts nothing into sys.modules": (
        "import sys\nfor m in ('json', 'random', 'threading', 'stage'): sys.modules[m] = None",
        "missing",
    ),
    "an import hook": (
        (
            "import sys\nclass F:\n    def find_spec(self, *a): raise SystemExit(0)\nsys.meta_path.insert(0, F()); sys.path_hooks.clear()\n"
            "sys.modules.pop('json', None); sys.modules.pop('random', None)"
        ),
        "missing",
    ),
    "no module-level names": ("", "missing"),
    "module attributes that raise": ("def __getattr__(name): raise SystemExit(0)", "missing|error"),
    "names that are equal to everything": (
        "class A:\n    __eq__ = lambda s, o: True\n    __call__ = lambda s, *a: s\n    __hash__ = lambda s: 1\ndouble = triple = A()",
        "fail",
    ),
    "ends at interpreter exit": (
        "import atexit, os; atexit.register(os._exit, 0)\ndef double(n): return n\ndouble.triple = 1",
        "fail",
    ),
    "profile hook": ("import sys\nsys.setprofile(lambda *a: 1 / 0)", "error|review|crashed"),
    "a file of zeros": ("\x00\x00\x00", "error"),
    "deep brackets": ("x = " + "(" * 5000 + ")" * 5000, "error|memory|crashed"),
    "deep attribute chain": ("x = a" + ".a" * 100000, "error|memory|crashed"),
    "deep minus signs": ("x = " + "-" * 100000 + "1", "error|memory|crashed"),
    "a coding that is none": ("# -*- coding: evil -*-\n" + "x = 1", "missing"),
    "a coding of rot13": ("# -*- coding: rot13 -*-\n" + "x = 1", "missing"),
}


@pytest.mark.parametrize("name", AT_LOAD)
def test_an_attack_while_the_file_is_loaded_earns_nothing(arena, name):
    """No check gets a point, every check is listed, none is blamed on the operator."""
    code, allowed = AT_LOAD[name]
    records = arena.checks(code + "\n")
    assert sorted(records) == ["test_first", "test_scene", "test_second"]
    assert [record.points for record in records.values()] == [0, 0, 0], told(records)
    assert records["test_first"].verdict in allowed.split("|"), told(records)
    assert records["test_scene"].verdict != "infra", told(records)


BESIDE = {
    "conftest.py": "def pytest_runtest_makereport(item, call): raise SystemExit(0)\ndef pytest_configure(config): import os; os._exit(0)\n",
    "pytest.ini": "[pytest]\naddopts = --collect-only\n",
    "pyproject.toml": "[tool.pytest.ini_options]\naddopts = '--help'\n",
    "tox.ini": "[pytest]\naddopts = --help\n",
    "setup.cfg": "[tool:pytest]\naddopts = --help\n",
    "sitecustomize.py": "import os; os._exit(0)\n",
    "usercustomize.py": "import os; os._exit(0)\n",
    "evil.pth": "import os; os._exit(0)\n",
    "random.py": "import os; os._exit(0)\n",
    "threading.py": "import os; os._exit(0)\n",
    "multiprocessing/__init__.py": "import os; os._exit(0)\n",
    "json.py": "def loads(*a, **k): return {}\ndumps = loads\n",
    "queue.py": "import os; os._exit(0)\n",
    "stage.py": "note = together = label = lambda *a, **k: None\n",
    "scenarios.py": "def scene(student, n): return [2 * n, 3 * n]\n",
    "test_reference.py": "def test_first(): pass\n",
    "solution.py": "import os; os._exit(0)\n",
    "sandbox/__init__.py": "import os; os._exit(0)\n",
    "sandbox/protocol.py": "import os; os._exit(0)\n",
    "sandbox/real/spies.py": "import os; os._exit(0)\n",
    "driver.py": "import os; os._exit(0)\n",
    "child.py": "import os; os._exit(0)\n",
    "encodings/gb18030.py": "import os; os._exit(0)\n",
    "PYTHONSTARTUP": "import os; os._exit(0)\n",
    "work/__init__.py": "def double(n): return 0\ntriple = double\n",
    "work.pyc": "\x00\x00\x00",
    "__pycache__/work.cpython-311.pyc": "\x00\x00\x00",
    "work.so": "\x7fELF",
}


def test_honest_work_passes_whatever_lies_beside_it(arena):
    """No file of a repository changes how its own homework is examined: not configuration, not modules with famous names."""
    records = arena.checks(HONEST, BESIDE)
    assert [record.points for record in records.values()] == [2, 3, 4], told(records)


@pytest.mark.parametrize("name", BESIDE)
def test_a_file_beside_wrong_work_earns_nothing(arena, name):
    """Wrong work stays wrong with each of these files beside it, as if it were not there."""
    records = arena.checks(
        "import random, threading, json, queue\ndef double(n):\n    return n\n\ntriple = double\n", {name: BESIDE[name]}
    )
    assert [(r.verdict, r.points) for r in records.values()] == [("fail", 0)] * 3, told(records)


def test_the_neighbour_of_a_hostile_submission_is_graded_as_ever(arena):
    """After all these attacks honest work earns everything from the same judge."""
    records = arena.checks(HONEST)
    assert [record.points for record in records.values()] == [2, 3, 4], told(records)
