"""Reference folders and versions: what is read, what a digest covers, what is kept."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from grader.course.reference import load_reference
from grader.course.version import Version, sandbox_digest
from grader.errors import Problems, UsageError
from tests.unit.course.support import COURSE, EXERCISE, FILES, course

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def digests(root: Path, files: Mapping[str, str | bytes | None]) -> tuple[str, str]:
    version = Version.of(course(root, files), "demo")
    return version.digest, version.execution_digest("3.11.2")


def test_all_files_but_caches_and_hidden_ones_are_read(tmp_path: Path) -> None:
    """Names are sorted and have forward slashes."""
    extra = {
        "reference/demo/data/a.txt": b"\xff",
        "reference/demo/__pycache__/x.pyc": b"",
        "reference/demo/.DS_Store": b"",
    }
    reference = load_reference(course(tmp_path, extra), "demo")
    assert list(reference.files) == [
        "data/a.txt", "mistakes.yaml", "scenarios.py", "solution.py", "starter.py", "test_reference.py",
    ]  # fmt: skip
    assert reference.files["data/a.txt"] == b"\xff"


def test_python_files_are_utf8_and_lose_their_mark(tmp_path: Path) -> None:
    """What a Windows editor puts before the first line is no part of the program; another encoding is told with its line."""
    marked = course(tmp_path / "a", {"reference/demo/starter.py": b"\xef\xbb\xbfx = 1\n"})
    assert load_reference(marked, "demo").files["starter.py"] == b"x = 1\n"
    with pytest.raises(Problems) as caught:
        load_reference(course(tmp_path / "b", {"reference/demo/starter.py": "x = 1\n# 注意\n".encode("gbk")}), "demo")
    assert str(caught.value.place) == "reference/demo/starter.py:2"


def test_a_link_out_of_the_course_is_refused(tmp_path: Path) -> None:
    """A reference file cannot be another file of the machine."""
    root = course(tmp_path / "course").root
    (tmp_path / "secret").write_text("x", encoding="utf-8")
    (root / "reference/demo/data.txt").symlink_to(tmp_path / "secret")
    with pytest.raises(Problems, match="leads out of the course"):
        load_reference(course(root), "demo")


def test_a_missing_folder_is_an_error_only_where_tests_are_asked_for(tmp_path: Path) -> None:
    """A quiz needs no reference; an exercise with test functions does."""
    quiz = "title: x\nstatement: x\nsubmit: {answers: q.yaml}\nchecks: {q1: {points: 1, quiz: {ask: x, fill: [a]}}}\n"
    read = course(tmp_path, {"assignments/other.yaml": quiz, "assignments/bare.yaml": EXERCISE})
    assert load_reference(read, "other").files == {}
    with pytest.raises(Problems, match="has no reference folder"):
        load_reference(read, "bare")


SAME_VERDICTS = {
    "title": {"assignments/demo.yaml": EXERCISE.replace("例子", "别的")},
    "hint": {"assignments/demo.yaml": EXERCISE.replace("想一想", "再想想")},
    "points": {"assignments/demo.yaml": EXERCISE.replace("test_one: 2", "test_one: 7")},
    "visibility": {"assignments/demo.yaml": EXERCISE.replace("points: 3,", "points: 3, visibility: hidden,")},
    "due": {"assignments/course.yaml": COURSE.replace("2026-12-01", "2026-12-03")},
    "statement": {"assignments/demo.yaml": EXERCISE.replace("写一个函数", "写两个函数")},
    "lateness": {"assignments/course.yaml": COURSE.replace("10%", "20%")},
    "solution": {"reference/demo/solution.py": FILES["reference/demo/solution.py"] + "\n# why\n"},
    "starter": {"reference/demo/starter.py": "def collect(sock, n): ...\n"},
    "mistakes": {
        "reference/demo/mistakes.yaml": "又: {file: wrong.py, loses: {all: fail}}\n",
        "reference/demo/wrong.py": "x = 1\n",
    },
}
OTHER_VERDICTS = {
    "test": {"reference/demo/test_reference.py": FILES["reference/demo/test_reference.py"].replace("== 1", "== 3")},
    "scenario": {"reference/demo/scenarios.py": "def go(student):\n    return 1\n"},
    "helper": {"reference/demo/helper.py": "x = 1\n"},
    "needs": {"assignments/demo.yaml": EXERCISE.replace("needs: [test_one], ", "")},
    "submit": {"assignments/demo.yaml": EXERCISE.replace("work.py", "works.py")},
    "prelude": {"assignments/demo.yaml": EXERCISE + "prelude: import time\n"},
    "files": {"assignments/demo.yaml": EXERCISE + "files: {ticket: x}\n"},
    "own limits": {"assignments/demo.yaml": EXERCISE + "limits: {wall: 1s}\n"},
    "limits": {"assignments/course.yaml": COURSE + "limits: {wall: 1s}\n"},
    "packages": {"assignments/course.yaml": COURSE + "packages: [numpy]\n"},
    "timing": {"assignments/demo.yaml": EXERCISE + "timing: strict\n"},
    "races": {"assignments/demo.yaml": EXERCISE + "language_races: advice\n"},
    "encoding": {"assignments/course.yaml": COURSE.replace("gb18030", "big5")},
    "run": {"assignments/demo.yaml": EXERCISE + "  run: {points: 1, run: {lines: [a]}}\n"},
}


@pytest.mark.parametrize("change", SAME_VERDICTS)
def test_what_is_applied_when_read_regrades_nobody(change: str, tmp_path: Path) -> None:
    """Moving a due date, rewording a hint or mending a mistake leaves the execution digest as it is."""
    before, after = digests(tmp_path / "a", {}), digests(tmp_path / "b", SAME_VERDICTS[change])
    assert after[1] == before[1]
    assert (after[0] == before[0]) is (change == "lateness")  # the version itself holds all but the course's policy


@pytest.mark.parametrize("change", OTHER_VERDICTS)
def test_whatever_can_change_a_verdict_changes_the_digest(change: str, tmp_path: Path) -> None:
    """Tests, scenarios, needs, limits, packages and all else that a run depends on."""
    before, after = digests(tmp_path / "a", {}), digests(tmp_path / "b", OTHER_VERDICTS[change])
    assert after[1] != before[1]
    assert after[0] != before[0]


def test_python_and_the_sandbox_are_part_of_the_digest(tmp_path: Path) -> None:
    """Another interpreter or another sandbox is another execution."""
    version = Version.of(course(tmp_path), "demo")
    assert version.execution_digest("3.11.2") != version.execution_digest("3.12.1")
    assert version.execution_digest("3.11.2") != replace(version, sandbox="0" * 64).execution_digest("3.11.2")
    assert version.sandbox == sandbox_digest()


def test_a_digest_does_not_depend_on_where_the_course_lies(tmp_path: Path) -> None:
    """No path, time or order of a folder is in it."""
    assert digests(tmp_path / "one", {}) == digests(tmp_path / "two" / "deeper", {})


def test_a_version_is_kept_and_comes_back_equal(tmp_path: Path) -> None:
    """Saved twice it is one; loaded it grades as before, also after the course has changed."""
    version = Version.of(course(tmp_path / "course"), "demo")
    home = tmp_path / "home"
    digest = version.save(home)
    assert version.save(home) == digest
    assert [path.name for path in (home / "versions").iterdir()] == [digest]
    loaded = Version.load(home, digest)
    assert loaded == version
    assert loaded.execution_digest("3.11.2") == version.execution_digest("3.11.2")
    assert str(loaded.assignment.due) == str(version.assignment.due)


def test_a_changed_or_missing_version_is_refused(tmp_path: Path) -> None:
    """What a grade was made with cannot be swapped under it."""
    version = Version.of(course(tmp_path / "course"), "demo")
    home = tmp_path / "home"
    digest = version.save(home)
    (home / "versions" / digest / "reference" / "test_reference.py").write_text(
        "def test_one(): pass\n", encoding="utf-8"
    )
    with pytest.raises(UsageError, match="were changed"):
        Version.load(home, digest)
    with pytest.raises(UsageError, match="There is no version"):
        Version.load(home, "0" * 64)
