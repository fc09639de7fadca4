"""An instructor's evening on the command line."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.contract.cli.cli_world import World

pytestmark = pytest.mark.usefixtures("needs_sandbox")


def test_a_new_exercise_is_complete_as_it_is(world: World) -> None:
    """What `new` writes checks, previews and publishes at once; a second `new` overwrites nothing."""
    assert world.run("new", "twice-each").status == 0
    assert world.run("check", "twice-each").status == 0
    assert world.run("preview", "twice-each").status == 0
    assert world.run("publish", "twice-each", "--as", "T").status == 0
    assert world.run("new", "twice-each").status == 2
    assert world.run("new", "copy", "--like", "double").status == 0
    assert world.run("check", "copy").status == 0


def test_what_check_does_not_prove_is_not_published(world: World) -> None:
    """A mistake that loses nothing, a starter that earns points: exit status 1 and what does not hold."""
    world.write({"reference/double/mistakes.yaml": "右: {edit: ['n * 2', '2 * n'], loses: {test_two: fail}}\n"})
    ran = world.run("check", "--json")
    assert ran.status == 1
    assert [one["candidate"] for one in ran.lines if not one["holds"]] == ["右"]
    assert world.run("publish", "double", "--as", "T").status == 1
    world.write(
        {"reference/double/mistakes.yaml": "{}\n", "reference/double/starter.py": "def double(n):\n    return n * 2\n"}
    )
    ran = world.run("check")
    assert ran.status == 1
    assert "starter" in ran.out


def test_an_error_names_file_line_and_column(world: World) -> None:
    """A misspelt key: the place, a near match, a remedy, in both languages."""
    path = world.root / "assignments/double.yaml"
    path.write_text(path.read_text().replace("hint:", "hnit:"))
    for language in ("zh", "en"):
        ran = world.run("check", "--lang", language)
        assert ran.status == 1
        assert "assignments/double.yaml:7:" in ran.err
        assert "hint" in ran.err


def test_watch_answers_after_a_save(world: World) -> None:
    """`check --watch` checks again when a file is saved, and prints what a student would read."""
    process = subprocess.Popen(
        [sys.executable, "-m", "grader", "check", "double", "--watch", "--json"], cwd=world.root, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env={"PATH": os.environ["PATH"], "HOME": str(world.root)}, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stderr is not None
    try:
        first = [json.loads(process.stdout.readline()) for _ in range(4)]
        assert all(one["holds"] for one in first)
        world.write({"reference/double/solution.py": "def double(n):\n    return n * 2 + 1\n"})
        answer = json.loads(process.stdout.readline())
        while answer.get("holds", True) or answer.get("candidate") != "solution":  # one may see the file half written
            answer = json.loads(process.stdout.readline())
        world.write({"reference/double/mistakes.yaml": "x: {edit: ['nowhere', ''], loses: {}}\n"})
        while "mistakes.yaml:1:" not in answer.get("error", {}).get("en", ""):  # said, and it goes on
            answer = json.loads(process.stdout.readline())
        assert process.poll() is None
    finally:
        process.terminate()  # where the tests run in the background, SIGINT is ignored
        process.communicate()
