"""What is read off a program's text: loops cut down, flags, errors; and what has to stay as it is."""

from __future__ import annotations

import pytest

from sandbox.overlay import access
from sandbox.rewrite import Sites, rewrite


def scaled(source):
    return rewrite(source, "main.py", Sites()).scaled


def flags(source):
    return [name for name, _ in rewrite(source, "main.py", Sites()).flags]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("for i in range(100_000): pass", [(1, 100_000, 12)]),
        ("for i in range(10**6): pass", [(1, 10**6, 12)]),
        ("for i in range(int(1e6)): pass", [(1, 10**6, 12)]),
        ("for i in range(1, 5000): pass", [(1, 5000, 13)]),
        ("for i in range(5000, 9000, 2): pass", [(1, 9000, 5024)]),
        ("for i in range(9000, 0, -1): pass", [(1, 9000, 12)]),
        ("def f(n):\n    while n < 5000: n += 1", [(2, 5000, 12)]),
        ("N = 5000\ndef f():\n    for i in range(N): pass\n    for i in range(N // 2): pass", [(1, 5000, 12)]),
        ("N = 5000\nfor i in range(N): pass\nprint(N)", []),
        ("for i in range(999): pass", []),
        ("for i in range(500, 1200): pass", []),
        ("for i in range(0, 100_000, 1000): pass", []),
        ("x = 5000\nt = [4000]", []),
        ("for i in range(5000): c += 1\nassert c == 10_000", []),
        ("T = 10_000\nfor i in range(5000): c += 1\nif c != T: raise ValueError", []),
        ("N = 5000\nfor i in range(N): c += 1\nassert c == N", []),
    ],
)
def test_literals_that_drive_loops_are_cut_down(source, expected):
    """Not when the file compares something with a large number: that may be what the passes come to."""
    assert scaled(source) == tuple(expected)


def test_a_loop_that_is_cut_down_makes_twelve_passes():
    space = dict(access.hooks())
    exec(rewrite("n = 0\nfor i in range(1, 10**5):\n    n += 1\n", "main.py", Sites()).code, space)
    assert space["n"] == 12


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("f.__globals__", ["__globals__"]),
        ("f.__closure__; f.__code__; object.__subclasses__(); __builtins__", ["__closure__", "__code__", "__subclasses__", "__builtins__"]),
        ("import sys\nsys.modules['x']; sys._getframe().f_back", ["sys.modules", "_getframe", "f_back"]),
        ("from sys import modules", ["sys.modules"]),
        ("exec('x'); eval('1'); compile('1', '', 'eval')", ["exec", "eval", "compile"]),
        ("getattr(o, n); setattr(o, n, 1)", ["getattr", "setattr"]),
        ("getattr(o, 'x'); setattr(o, 'x', 1)", []),
        ("getattr(o, '__globals__')", ["__globals__"]),
        ("import time\ntime.sleep = None", ["time.sleep ="]),
        ("import time\nsetattr(time, 'sleep', None)", ["time.sleep ="]),
        ("import ctypes, gc\nfrom inspect import stack\nimport importlib.util, _thread", ["ctypes", "gc", "inspect", "_thread", "importlib"]),
        ("__at_read__ = None", ["__at_read__"]),
        ("import threading, queue, time\nthreading.Lock()", []),
    ],
)  # fmt: skip
def test_what_could_reach_into_the_scheduler_is_flagged(source, expected):
    assert sorted(flags(source)) == sorted(expected)


@pytest.mark.parametrize(
    "source",
    ["def f(:", "return 1", "def f():\n    x = 1\n    global x", "nonlocal x", "def f():\n    nonlocal y", "match 1:\n    case x: pass\n    case 2: pass"],
)  # fmt: skip
def test_what_does_not_compile_still_does_not(source):
    with pytest.raises(SyntaxError) as expected:
        compile(source, "main.py", "exec")
    with pytest.raises(SyntaxError) as found:
        rewrite(source, "main.py", Sites())
    assert (found.value.msg, found.value.lineno) == (expected.value.msg, expected.value.lineno)


def test_docstrings_and_future_imports_stay_first():
    source = '"""Doc."""\nfrom __future__ import annotations\nn = 0\ndef f():\n    """Inner."""\n    c = 0\n    def g():\n        nonlocal c\n        global n\n        c = n = 1\n    return g\n'
    space = dict(access.hooks())
    exec(rewrite(source, "main.py", Sites()).code, space)
    assert (space["__doc__"], space["f"].__doc__) == ("Doc.", "Inner.")


def test_coroutines_are_left_alone():
    sites = Sites()
    rewrite("n = 0\nasync def f():\n    global n\n    n += 1\n    items.append(n)\n", "main.py", sites)
    assert {sites[number].line for number in sites} <= {1}
