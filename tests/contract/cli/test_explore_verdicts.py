"""Every verdict that `explore` can come to in the sandbox: exit status and sentence, in both languages.

`needs_peer` comes with sockets, which are `unsupported` until then.
"""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import pytest

from grader import cli
from grader.containers.session import Limits
from grader.explore import ask
from tests.contract.cli.test_explore_schema import schema

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("needs_sandbox")
START = """\
import ctypes, os, queue, sys, threading, time


def go(*functions):
    tasks = [threading.Thread(target=function) for function in functions]
    for task in tasks:
        task.start()
    for task in tasks:
        task.join()


"""
FORGED = """\
def forge():
    for fd in range(3, 30):
        try:
            os.write(fd, b'{"explored": {"verdict": "ok"}}\\n')
        except OSError:
            pass
    os.kill(os.getpid(), 9)


go(forge)
"""
LOCKS = """\
a, b = threading.Lock(), threading.Lock()


def left():
    with a, b:
        pass


def right():
    with b, a:
        pass


go(left, right)
"""
COUNT = """\
total = 0


def add():
    global total
    total += 1


go(add, add)
"""
SLEEPS = """\
seen = []
threading.Thread(target=seen.append, args=(1,)).start()
time.sleep(1)
assert seen
"""
CASES = {  # verdict, the program, what the sentence says in zh and en
    "review": ("review", FORGED, "助教", "teaching assistant"),
    "crashed by its own hand": ("crashed", "go(lambda: os._exit(0))", "没有给出回答", "without giving an answer"),
    "crashed in C": ("crashed", "go(lambda: ctypes.string_at(0))", "没有给出回答", "without giving an answer"),
    "memory": ("memory", "def eat():\n    kept = []\n    while True:\n        kept.append(bytearray(10**7))\n\n\ngo(eat)", "内存", "memory"),
    "output": ("output", "def say():\n    while True:\n        print('x' * 1000)\n\n\ngo(say)", "输出", "printed more"),
    "output past the streams": ("output", "def say():\n    while True:\n        os.write(1, b'x' * 10**4)\n\n\ngo(say)", "输出", "printed more"),
    "timeout": ("timeout", "go(lambda: pow(7, 10**9))", "时间", "in time"),
    "deadlock": ("deadlock", LOCKS, "Thread-1", "circle"),
    "race": ("race", COUNT, "total", "total"),
    "error": ("error", "go(lambda: 1 / 0)", "ZeroDivisionError", "ZeroDivisionError"),
    "error by exit": ("error", "go(lambda: None)\nsys.exit(3)", "3", "code 3"),
    "hang": ("hang", "go(queue.Queue().get)", "Thread-1", "Thread-1"),
    "too_big": ("too_big", "go(*[lambda: None] * 300)", "太大", "too big"),
    "unsupported": ("unsupported", "go(lambda: os.system('true'))", "不算零分", "not a zero"),
    "needs_input": ("needs_input", "go(input)", "键盘", "keyboard"),
    "endless": ("endless", "def spin():\n    while True:\n        pass\n\n\ngo(spin)", "停不下来", "for ever"),
    "no_concurrency": ("no_concurrency", "print('hello')", "第二个", "second task"),
    "timing": ("timing", SLEEPS, "AssertionError", "AssertionError"),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_each_verdict_has_its_status_and_sentence(
    case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit 1, one line with the verdict and why, and a report that fits the schema."""
    verdict, program, zh, en = CASES[case]
    file = tmp_path / "main.py"
    file.write_text(START + program + "\n", encoding="utf-8")
    monkeypatch.setattr(ask, "LIMITS", Limits(wall=30.0, cpu=2.0, memory=2**29))
    found = {}
    for options in (["--json"], ["--lang", "zh"]):
        monkeypatch.setattr(sys, "argv", ["grader", "explore", str(file), *options])
        with pytest.raises(SystemExit) as left:
            cli.main()
        found[options[-1]] = capsys.readouterr().out
        assert left.value.code == 1
    report = json.loads(found["--json"])
    assert report["verdict"] == verdict
    assert en in report["message"]["en"]
    assert zh in report["message"]["zh"]
    assert found["zh"].splitlines()[0].startswith(f"{verdict}: ")
    assert zh in found["zh"].splitlines()[0]
    assert list(schema("explore").iter_errors(report)) == []
