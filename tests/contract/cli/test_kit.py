"""`grader kit`: what a student takes home runs there, and holds no answer."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import zipfile
from functools import cache
from pathlib import Path

import pytest

from grader.course.course import load_course
from grader.course.version import Version
from grader.kit.calls import Tests, as_json, calls
from grader.kit.make import HERE, ROOT, kit

COURSE = load_course(ROOT)
NAMES = COURSE.assignments()
LEAST = 20  # characters of a line that is too long to stand in two files by chance


@cache
def unpacked(name: str) -> dict[str, bytes]:
    version = Version.of(COURSE, name)

    with zipfile.ZipFile(io.BytesIO(kit(version.assignment, version.reference, "zh"))) as found:
        return {entry.removeprefix(f"{name}/"): found.read(entry) for entry in found.namelist()}


def lines(data: bytes) -> set[str]:
    return {line.strip() for line in data.decode("utf-8", "replace").splitlines() if len(line.strip()) >= LEAST}


@pytest.mark.parametrize("name", NAMES)
def test_nothing_in_a_kit_holds_an_answer(name: str) -> None:
    """No line of a solution, test or mistake that students do not have anyway, no file of the reference but starter and scenarios."""
    version, found = Version.of(COURSE, name), unpacked(name)
    files = version.reference.files
    known = [files[each].decode() for each in ("starter.py", "scenarios.py") if each in files]
    known += [version.assignment.statement.render("zh"), version.assignment.statement.render("en")]
    known += [path.read_text(encoding="utf-8") for path in HERE.iterdir()]
    public = "\n".join(known)
    rest = (data for each, data in files.items() if each not in ("starter.py", "scenarios.py"))
    secret = {line for data in rest for line in lines(data) if line not in public}
    own = {each: data for each, data in found.items() if not each.startswith("tools/")}
    work = Path(version.assignment.submit.file).name if version.assignment.submit.file else ""
    for each, data in own.items():
        text = data.decode()
        if each == work and "starter.py" in files:
            assert data == files["starter.py"]
        for line in secret:
            assert line not in text, (each, line)
        for check in version.assignment.checks:
            assert check.visibility == "visible" or check.name not in text
            hint = check.hint.render("zh") if check.hint else ""
            assert not hint or hint in version.assignment.statement.render("zh") or hint not in text
    for each, data in found.items():
        if each.startswith("tools/"):
            assert data == (ROOT / each.removeprefix("tools/")).read_bytes()
            assert each.split("/")[1] in ("grader", "sandbox")
            assert "/demo/" not in each


@pytest.mark.parametrize("name", NAMES)
def test_no_call_in_a_kit_names_an_expected_value(name: str) -> None:
    """The arguments of each call appear nowhere on either side of a comparison in the tests."""
    version = Version.of(COURSE, name)
    for call in calls(version.assignment, version.reference):
        assert json.loads(json.dumps(as_json(call, version.assignment, ""))) is not None
        if "test_reference.py" in version.reference.files:
            tests = Tests(version.reference.text("test_reference.py"))
            assert not {repr(each) for each in tests.expected} & {repr(each) for each in call.args}


TESTS = """
WANTED = {"苹果": 3}
GIVEN = [7, 8]

def test_visible(explore, prepared):
    explore("adds", GIVEN).always(lambda run: run.value == 15)
    explore("adds", 15).always(lambda run: run.value == 15)
    explore("shops", WANTED).always(lambda run: set(run.value) == set(WANTED))
    for n in range(3):
        explore("adds", n)

def prepared(explore):
    return explore("prepares", ("x", 2), watch="note")

def test_hidden(explore):
    assert explore("secret", 9).demo.value
"""


def test_only_what_can_be_told_by_reading_goes_along() -> None:
    """Literals of visible tests and their fixtures; not what is compared with, not what is computed, not what is hidden."""
    found = [(call.name, call.args) for call in Tests(TESTS).calls("test_visible")]
    assert sorted(found) == [("adds", ([7, 8],)), ("prepares", (("x", 2),))]


def test_the_same_exercise_makes_the_same_zip() -> None:
    """Byte by byte: no time and no order of the disk is in it."""
    version = Version.of(COURSE, "deadlock-fix")
    assert kit(version.assignment, version.reference, "zh") == kit(version.assignment, version.reference, "zh")


def test_a_kit_runs_by_itself(tmp_path: Path) -> None:
    """Unpacked elsewhere, `try.py` finds the starter's deadlock with the kit's own tools, though a file there is called queue.py."""
    for each, data in unpacked("deadlock-fix").items():
        path = tmp_path / each
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    (tmp_path / "queue.py").write_text("raise SystemExit('the wrong queue')\n")
    environment = {**os.environ, "PYTHONIOENCODING": "utf-8", "LANG": "C.UTF-8"}
    ran = subprocess.run(
        [sys.executable, "try.py"], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 1, ran.stderr
    assert "deadlock" in ran.stdout
    order = json.loads(next(line for line in ran.stdout.splitlines() if line.startswith("{")))
    call = json.loads((tmp_path / "calls/01-table.json").read_bytes())
    (tmp_path / "that.json").write_text(json.dumps({**call, **order}))
    ran = subprocess.run(
        [sys.executable, "replay.py", "that.json"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 1, ran.stderr
    assert "fork" in ran.stdout
