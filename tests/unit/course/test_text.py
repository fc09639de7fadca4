"""Instructors' texts, and locales that know no Chinese."""

from __future__ import annotations

import os
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest

from grader.course.assignment import load_assignment
from grader.course.lateness import Late, deduction
from grader.course.text import Text
from tests.unit.course.support import COURSE, EXERCISE, course, write


def test_one_language_for_one_reader() -> None:
    """Fault 95: a reader sees one language of a name, the other only where there is no choice."""
    both, only = Text("例子", "Example"), Text(zh="例子")
    assert (both.render("zh"), both.render("en")) == ("例子", "Example")
    assert (only.render("zh"), only.render("en")) == ("例子", "例子")
    assert Text.of("x", "en") == Text(en="x")


def test_a_string_is_in_the_courses_language(tmp_path: Path) -> None:
    """The same line is Chinese in a Chinese course and English in an English one."""
    english = course(tmp_path, {"assignments/course.yaml": COURSE.replace("language: zh", "language: en")})
    assert load_assignment(english, "demo").title == Text(en="例子")


def test_zero_points_are_points(tmp_path: Path) -> None:
    """Fault 18: a check worth 0 is a value, not a missing one, and a raw score of 0 loses exactly 0."""
    read = load_assignment(
        course(tmp_path, {"assignments/demo.yaml": EXERCISE.replace("test_one: 2", "test_one: 0")}), "demo"
    )
    assert [check.points for check in read.checks] == [Decimal(0), Decimal(3)]
    assert deduction(Late("late", 1, 1, Decimal("0.1")), Decimal(0)) == 0


@pytest.mark.parametrize(
    ("mode", "name"), [({}, "名单.csv"), ({"PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}, "roster.csv")]
)
def test_a_locale_without_chinese_changes_nothing(mode: dict[str, str], name: str, tmp_path: Path) -> None:
    """Fault 8: under LC_ALL=C, also with UTF-8 mode off, names and texts are read and written as they are."""
    root = write(
        tmp_path,
        {"assignments/course.yaml": COURSE + f"roster: {name}\n", name: "学号,姓名,小组,仓库\n1,欧阳娜娜,,x\n"},
    )
    code = (
        "import pathlib, sys\n"
        "from grader.course.course import load_course\n"
        "from grader.course.roster import read_roster, write_roster\n"
        "from grader.course.version import Version\n"
        "course = load_course(pathlib.Path(sys.argv[1]))\n"
        "Version.of(course, 'demo').save(pathlib.Path(sys.argv[1]) / 'home')\n"
        "sys.stdout.buffer.write(write_roster(read_roster(course.roster.read_bytes(), course.encoding).students))\n"
    )
    environment = {"LC_ALL": "C", "PATH": os.environ["PATH"], **mode}
    done = subprocess.run(
        [sys.executable, "-c", code, str(root)],
        env=environment,
        cwd=Path(__file__).parents[3],
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    assert "欧阳娜娜" in done.stdout.decode("utf-8-sig")
