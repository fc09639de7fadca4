"""The same submission graded again and again gives one value of `checks` and `execution`, whatever became of it."""

import hashlib
import os
import subprocess
import sys
import textwrap

import pytest

from grader.judge.grade import Judges
from tests.judging import Arena, exercise, sandbox

pytestmark = pytest.mark.bubblewrap

TESTS = """
import pytest

def test_value(call, inputs):
    assert call("answer", inputs.randint(1, 9)) == 42

def test_rush(explore):
    rush = explore("rush", 4, watch="note start join read write acquire release")
    rush.always(lambda run: run.value == 4, "nobody is lost")
    rush.always(lambda run: len(run.events("note")) == 4)

def test_script(script):
    assert "done" in script().lines

def test_leaves(explore):
    explore("calm", leaves=())
"""
SCENARIOS = """
import threading
from stage import label, note, together

def calm(student):
    getattr(student, "calm", print)()

def rush(student, n):
    with open("count", "w") as f: f.write("0")
    lock = threading.Lock()
    label(counter=lock)
    together(*[lambda: (student.add("count", lock), note("added")) for _ in range(n)])
    return int(open("count").read())
"""
CHECKS = "{test_value: 1, test_rush: 2, test_script: 3, test_leaves: 4}"
LIMITS = "limits: {wall: 3s, cpu: 1s, memory: 128MB, tasks: 32, disk: 16MB, output: 64kB}\n"
ADD = """
def add(path, lock):
    with lock:
        n = int(open(path).read())
        open(path, "w").write(str(n + 1))
"""
SUBMISSIONS = {
    "passing": ADD + "def answer(n): return 42\nif __name__ == '__main__': print('done')\n",
    "failing": ADD + "import time\ndef answer(n): return [n, {'a': {3, 1, 2}}, object(), lambda: 0]\n",
    "raising": ADD.replace("int(", "int('x' + ")
    + "class A: pass\ndef answer(n): raise ValueError(A(), answer, n)\n1 / 0\n",
    "racing for a file": ADD.replace("with lock", "if True") + "def answer(n): return 41\n",
    "deadlocking": """
        import threading
        a, b = threading.Lock(), threading.Lock()
        turn = iter([(a, b), (b, a)] * 9)
        def add(path, lock):
            one, two = next(turn)
            with one, two: pass
        def answer(n):
            ts = [threading.Thread(target=add, args=(0, 0)) for _ in range(2)]
            [t.start() for t in ts]; [t.join() for t in ts]
            with a: a.acquire()
        """,
    "ending itself": "import os\ndef answer(n): os.kill(os.getpid(), 11)\ndef add(*a): os._exit(3)\nprint('done'); os._exit(0) if __name__ == '__main__' else 0\n",
    "dying in processes": """
        import multiprocessing, os
        def fall(n): raise KeyError(n)
        def add(path, lock):
            ps = [multiprocessing.Process(target=fall, args=(n,), name='faller') for n in range(2)]
            [p.start() for p in ps]; [p.join() for p in ps]
        def answer(n):
            print(os.getpid(), os.getppid()); add(0, 0)
        if __name__ == "__main__":
            print("script", os.getpid()); add(0, 0)
        """,
    "asking for input": "def answer(n): return input()\ndef add(*a): input('? ')\nname = 'x' if __name__ != '__main__' else input('name: ')\n",
    "printing too much": "def answer(n):\n    while True: print('x' * 1000)\nadd = lambda *a: answer(0)\n",
    "forging": "import os\ndef answer(n):\n    for fd in range(3, 30):\n        try: os.write(fd, b'{}\\n')\n        except OSError: pass\nadd = lambda *a: answer(0)\n",
    "full of odd text": "def answer(n): raise ValueError('\\ud800 \\x00 \\u2028 早')\ndef add(*a): print('\\ud800\\x1b[31m'); raise OSError(28, 'No space left on device')\n",
    "using memory": "def answer(n): return bytearray(2**40)\ndef add(*a): raise MemoryError\n",
    "not Python": "def answer(n: return 42\n",
    "Python 2": "print 'done'\n",
    "GBK": "# -*- coding: gbk -*-\ndef answer(n): raise ValueError('中文')\n".encode("gbk"),
}
SLOW = {
    "endless": "def answer(n):\n    while True: pass\nadd = lambda *a: answer(0)\n",
    "waiting": "import threading\ndef answer(n): threading.Event().wait()\nadd = lambda *a: answer(0)\n",
    "leaving threads": "import threading, time\ndef answer(n): return 42\nadd = print\ndef calm(*a): threading.Thread(target=time.sleep, args=(9,), daemon=True).start()\n",
}


@pytest.fixture(scope="module")
def arena(tmp_path_factory):
    version = exercise(tmp_path_factory.mktemp("course"), TESTS, CHECKS, scenarios=SCENARIOS, more=LIMITS)
    one = Arena(version, sandbox())
    yield one
    one.judges.close()


def distinct(arena, source, times):
    """Distinct canonical forms; a fresh judge process half-way."""
    source = source if isinstance(source, bytes) else textwrap.dedent(source)
    found = set()
    for number in range(times):
        if number == times // 2:
            arena.judges.close()
            arena.judges = Judges()
        found.add(arena.grade(source).canonical())
    return found


def same(found):
    return "\n\n".join(text.decode() for text in sorted(found)[:3])


@pytest.mark.parametrize("name", SUBMISSIONS)
def test_gradings_are_one(arena, name):
    """Gradings of the same files are the same bytes, by another judge process too; a hundred of them in the long form."""
    found = distinct(arena, SUBMISSIONS[name], 4)
    assert len(found) == 1, same(found)


@pytest.mark.parametrize("name", SLOW)
def test_gradings_that_take_their_time_are_one(arena, name):
    """As above, for those that run into a limit of time."""
    found = distinct(arena, SLOW[name], 2)
    assert len(found) == 1, same(found)


@pytest.mark.soak
@pytest.mark.parametrize("name", [*SUBMISSIONS, *SLOW])
def test_a_hundred_gradings_are_one(arena, name):
    """The long form: a hundred times, on whatever else the machine does."""
    found = distinct(arena, {**SUBMISSIONS, **SLOW}[name], 100)
    assert len(found) == 1, same(found)


PROGRAM = """
import hashlib, pathlib, sys
from tests.contract.judge.test_determinism import CHECKS, LIMITS, SCENARIOS, SUBMISSIONS, TESTS, textwrap
from tests.judging import Arena, exercise, sandbox
arena = Arena(exercise(pathlib.Path(sys.argv[1]), TESTS, CHECKS, scenarios=SCENARIOS, more=LIMITS), sandbox())
with arena.judges:
    for name in ("passing", "failing", "dying in processes", "deadlocking"):
        print(hashlib.sha256(arena.grade(textwrap.dedent(SUBMISSIONS[name])).canonical()).hexdigest())
"""


def test_another_process_with_other_hash_seeds_and_folders_gives_the_same(arena, tmp_path):
    """Nothing of the process, its hash seed, its folders or its environment is in a grading."""
    here = [
        hashlib.sha256(arena.grade(textwrap.dedent(SUBMISSIONS[name])).canonical()).hexdigest()
        for name in ("passing", "failing", "dying in processes", "deadlocking")
    ]
    for seed in ("1", "77"):
        folder = tmp_path / f"somewhere else {seed}"
        folder.mkdir()
        there = subprocess.run(
            [sys.executable, "-c", PROGRAM, str(folder)],
            capture_output=True, text=True, check=True, timeout=300, env={**os.environ, "PYTHONHASHSEED": seed, "TZ": "Asia/Tokyo"},
        ).stdout.split()  # fmt: skip
        assert there == here
