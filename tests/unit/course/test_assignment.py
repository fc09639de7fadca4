"""One exercise. Its errors are in the golden folder."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from grader.course.assignment import load_assignment
from grader.course.checks import Manual, RunCheck, TestFunction
from grader.course.quiz import Quiz
from grader.course.signatures import Signature, do_nothing
from grader.course.text import Text
from grader.errors import Problems, UsageError
from tests.unit.course.support import COURSE, EXERCISE, TESTS, course

if TYPE_CHECKING:
    from pathlib import Path

    from grader.course.assignment import Assignment

FULL = """\
title: {zh: 例子, en: Example}
day: 31
due: 2026-12-05 12:00
submit:
  file: work.py
  provides: ["collect(sock, n=3, *rest, key='x', **more)", "async main(delays)", "Counter(start=0)", "Counter.add(n)"]
  answers: day31/quiz.yaml
statement: |
  第一行: 有冒号
  points: 不是键
prelude: from threading import *
files: {ticket: '{"count": 3}', data/names.txt: "甲\\n"}
limits: {wall: 3s, output: 64kB}
packages: [numpy]
language_races: advice
timing: strict
checks:
  test_one: 2
  test_two: {points: 0.10, title: 二, hint: {en: think}, needs: [test_one], visibility: after_due}
  late_penalty: {points: -1.5, manual: {ask: 抄袭}}
  right: {points: 4, run: {args: [alice, '123'], stdin: "y\\n", exit: 1, lines: [登录成功, '12:30']}}
  talk: {points: 5, manual: {ask: 说一说}, visibility: hidden}
  q1: {points: 1, quiz: {ask: 哪一个, choose: [甲, {zh: 乙, en: B}], answer: 2}}
  q2: {points: 1, quiz: {ask: 写出来, fill: [GIL, 全局解释器锁]}}
  q3: {points: 1, quiz: {ask: 三种状态, fill: [[就绪, ready], [运行], [阻塞]]}}
  q4: {points: 1, quiz: {ask: 顺序, order: [a, b, c]}}
  q5: {points: 1, quiz: {ask: 为什么, short: {terms: [解耦]}}}
  q6: {points: 1, quiz: {ask: 谈谈, short: {}}}
"""


def load(root: Path, text: str) -> Assignment:
    return load_assignment(
        course(root, {"assignments/demo.yaml": text, "assignments/course.yaml": COURSE + "limits: {cpu: 2s}\n"}), "demo"
    )


def test_every_key_is_read(tmp_path: Path) -> None:
    """The whole format in one file, as values the rest of the grader uses."""
    read = load(tmp_path, FULL)
    assert read.title == Text("例子", "Example")
    assert read.statement == Text(zh="第一行: 有冒号\npoints: 不是键\n")
    assert (read.day, str(read.due)) == (31, "2026-12-05 12:00:00+08:00")
    assert read.submit.answers == "day31/quiz.yaml"
    assert read.submit.provides == (
        Signature("collect", None, "sock, n=3, *rest, key='x', **more", "collect(sock, n=3, *rest, key='x', **more)"),
        Signature("main", None, "delays", "async main(delays)", is_async=True),
        Signature("Counter", None, "start=0", "Counter(start=0)"),
        Signature("add", "Counter", "n", "Counter.add(n)"),
    )
    assert (read.prelude, dict(read.files)) == (
        "from threading import *",
        {"ticket": '{"count": 3}', "data/names.txt": "甲\n"},
    )
    assert (read.limits.wall, read.limits.cpu, read.limits.output) == (3.0, 2.0, 64 * 2**10)
    assert (read.packages, read.language_races, read.timing) == (("numpy",), "advice", "strict")
    kinds = {check.name: check.kind for check in read.checks}
    assert list(kinds) == ["test_one", "test_two", "late_penalty", "right", "talk", "q1", "q2", "q3", "q4", "q5", "q6"]
    assert kinds["test_one"] == TestFunction()
    assert kinds["right"] == RunCheck(("alice", "123"), "y\n", 1, ("登录成功", "12:30"))
    assert kinds["talk"] == Manual(Text(zh="说一说"))
    assert kinds["q1"] == Quiz(Text(zh="哪一个"), choose=(Text(zh="甲"), Text("乙", "B")), answer=2)
    assert kinds["q2"] == Quiz(Text(zh="写出来"), fill=(("GIL", "全局解释器锁"),))
    assert kinds["q3"] == Quiz(Text(zh="三种状态"), fill=(("就绪", "ready"), ("运行",), ("阻塞",)))
    assert kinds["q4"] == Quiz(Text(zh="顺序"), order=("a", "b", "c"))
    assert kinds["q5"] == Quiz(Text(zh="为什么"), terms=("解耦",))
    assert kinds["q6"] == Quiz(Text(zh="谈谈"), terms=())
    two = read.check("test_two")
    assert two is not None
    assert (two.title, two.hint, two.needs, two.visibility) == (
        Text(zh="二"),
        Text(en="think"),
        ("test_one",),
        "after_due",
    )


def test_points_are_exact_and_the_maximum_comes_from_the_file(tmp_path: Path) -> None:
    """0.10 stays 0.10; a penalty of -1.5 does not lower the maximum (faults 17 and 20)."""
    read = load(tmp_path, FULL)
    assert [str(check.points) for check in read.checks[:3]] == ["2", "0.10", "-1.5"]
    assert read.max_points == Decimal("17.10")


def test_ten_checks_of_a_tenth_are_one_point(tmp_path: Path) -> None:
    """Fault 17: equal shares add up exactly, never to 0.9999999999999999."""
    names = [f"test_{n}" for n in range(10)]
    text = EXERCISE[: EXERCISE.index("checks:")] + "checks:\n" + "".join(f"  {name}: 0.1\n" for name in names)
    tests = "".join(f"def {name}(call): pass\n" for name in names)
    files = {
        "assignments/demo.yaml": text,
        "reference/demo/test_reference.py": tests,
        "reference/demo/mistakes.yaml": None,
    }
    assert load_assignment(course(tmp_path, files), "demo").max_points == Decimal(1)


def test_an_exercise_can_be_read_before_its_reference_is_written(tmp_path: Path) -> None:
    """Without a reference folder the names of tests are not compared."""
    files = dict.fromkeys(("solution.py", "starter.py", "test_reference.py", "scenarios.py", "mistakes.yaml"))
    root = course(tmp_path, {f"reference/demo/{name}": None for name in files})
    assert len(load_assignment(root, "demo").checks) == 2


def test_a_missing_test_file_is_named(tmp_path: Path) -> None:
    """A folder without test_reference.py cannot earn anybody points."""
    with pytest.raises(Problems, match="does not exist, but checks ask for its tests"):
        load_assignment(course(tmp_path, {"reference/demo/test_reference.py": None}), "demo")


def test_tests_are_read_not_run(tmp_path: Path) -> None:
    """Names come from the syntax tree: decorated, conditional and async functions count, and nothing is executed."""
    ran = tmp_path / "ran"
    tests = f"""\
open({str(ran)!r}, "w")
import pytest
if True:
    @pytest.mark.parametrize("n", [1])
    def test_one(n): ...
try:
    def test_two(): ...
except ImportError:
    pass
"""
    load_assignment(course(tmp_path / "course", {"reference/demo/test_reference.py": tests}), "demo")
    assert not ran.exists()


def test_a_class_of_tests_is_no_check(tmp_path: Path) -> None:
    """pytest would run it and nobody would get points for it."""
    with pytest.raises(Problems, match="class `TestMore`"):
        load_assignment(course(tmp_path, {"reference/demo/test_reference.py": TESTS + "class TestMore: ...\n"}), "demo")


def test_an_unknown_exercise_is_a_wrong_use(tmp_path: Path) -> None:
    """No file name is made of what was typed."""
    with pytest.raises(UsageError):
        load_assignment(course(tmp_path), "../../etc/passwd")


def test_the_do_nothing_file_offers_every_name_and_returns_none(tmp_path: Path) -> None:
    """Functions, async functions, classes with their methods: all there, all worthless."""
    text = do_nothing(load(tmp_path, FULL).submit.provides)
    names: dict[str, object] = {}
    exec(compile(text, "work.py", "exec"), names)
    counter = names["Counter"](start=5)  # type: ignore[operator]
    assert counter.add(1) is None
    assert names["collect"](None) is None  # type: ignore[operator]
    assert asyncio.run(names["main"]([])) is None  # type: ignore[operator]


def test_a_class_without_a_constructor_line_still_is_one() -> None:
    """`Counter.add(n)` alone makes a class; nothing at all makes an empty program."""
    names: dict[str, object] = {}
    exec(do_nothing([Signature("add", "Counter", "n", "Counter.add(n)")]), names)
    assert names["Counter"]().add(1) is None  # type: ignore[operator]
    assert do_nothing([]) == "pass\n"
