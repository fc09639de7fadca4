"""`grade` and `submit`: one URL becomes one grade, for people and as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

import jsonschema
import pytest

from grader.reports.contract import schema
from tests.contract.cli.cli_world import RIGHT, WRONG

if TYPE_CHECKING:
    from tests.contract.cli.cli_world import World

pytestmark = pytest.mark.usefixtures("needs_sandbox")


def test_a_right_answer_earns_everything(world: World) -> None:
    """The JSON object has the contract's form, exact points as strings, and exit status 0."""
    url = str(world.push("s01", {"day31/double.py": RIGHT}))
    ran = world.run("grade", url, "double", "--student", "s01", "--allow-local", "--json")
    assert ran.status == 0, ran.err
    jsonschema.validate(ran.json, schema())
    assert (ran.json["status"], ran.json["score"], ran.json["max"], ran.json["student"]) == ("graded", "4", "4", "s01")
    assert [check["verdict"] for check in ran.json["checks"]] == ["pass", "pass"]
    assert ran.json["late"]["state"] == "on_time"


def test_a_low_score_is_no_failure_of_the_command(world: World) -> None:
    """Exit status 0 whatever the score; each check says why, in both languages."""
    url = str(world.push("s01", {"double.py": WRONG}))
    ran = world.run("grade", url, "double", "--allow-local", "--json")
    assert (ran.status, ran.json["score"], ran.json["student"]) == (0, "0", None)
    for check in ran.json["checks"]:
        assert check["verdict"] == "fail"
        assert check["message"]["zh"]
        assert check["message"]["zh"] != check["message"]["en"]


def test_a_missing_file_is_missing(world: World) -> None:
    """No file of that name: status missing, exit status 0, nothing scored."""
    url = str(world.push("s01", {"README.md": "later\n"}))
    ran = world.run("submit", url, "double", "--student", "s01", "--allow-local", "--json")
    assert (ran.status, ran.json["status"], ran.json["score"]) == (0, "missing", "0")
    jsonschema.validate(ran.json, schema())


def test_a_host_that_cannot_be_reached_is_ours_to_mend(world: World) -> None:
    """DNS failure is infrastructure: exit status 3, never a zero."""
    ran = world.run("grade", "https://git.example.invalid/a/b", "double", "--json")
    assert (ran.status, ran.json["status"]) == (3, "infra")
    jsonschema.validate(ran.json, schema())


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["grade", "https://evil.example.org/a/b", "double"], "git.example.invalid"),
        (["grade", "ext::sh -c id", "double"], ""),
        (["grade", "https://git.example.invalid/a/b", "doubel"], "double"),
        (["grade", "/tmp/x", "double"], ""),
        (["grade"], ""),
        (["override", "s99", "double", "--as", "TA", "--reason", "why"], ""),
        (["export", "excel"], ""),
        (["missing", "--lang", "fr"], ""),
    ],
)
def test_wrong_use_ends_with_2_and_says_what_is_right(world: World, arguments: list[str], says: str) -> None:
    """A host that is not allowed, an unknown exercise (with a near match), a local path without --allow-local."""
    ran = world.run(*arguments)
    assert ran.status == 2
    assert ran.err.strip()
    assert "Traceback" not in ran.err
    assert says in ran.err


def test_branch_and_folder_are_taken_as_said(world: World) -> None:
    """Work on another branch, in a folder that the day does not tell."""
    world.push("s01", {"README.md": "see my branch\n"})
    url = str(world.push("s01", {"a/double.py": WRONG, "b/double.py": RIGHT}, branch="mine"))
    ran = world.run("grade", url, "double", "--allow-local", "--json", "--branch", "mine", "--folder", "b")
    assert ran.json["score"] == "4"
    other = ("--student", "s02")
    assert (
        world.run("grade", url, "double", "--allow-local", "--json", "--branch", "mine", *other).json["status"]
        == "missing"
    )


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_person_reads_what_to_do_next(world: World, language: str) -> None:
    """Without --json the report is text in the language asked for; a hidden check's inputs are nowhere in it."""
    url = str(world.push("s01", {"double.py": WRONG}))
    ran = world.run("grade", url, "double", "--allow-local", "--lang", language)
    assert ran.status == 0
    assert ("接下来做什么" if language == "zh" else "What to do next") in ran.out
    assert "8675309" not in ran.out + ran.err
    assert "test_hidden" not in ran.out + ran.err


@pytest.mark.parametrize("encoding", ["gbk", "cp936", "ascii", "cp437"])
def test_no_console_makes_it_raise(world: World, encoding: str) -> None:
    """Characters the console cannot show are replaced, in text and in JSON."""
    url = str(world.push("s01", {"double.py": "def double(n):\n    raise ValueError('🍜 ש')\n"}))
    for more in ([], ["--json"]):
        ran = world.run(
            "grade",
            url,
            "double",
            "--allow-local",
            *more,
            environment={"PYTHONIOENCODING": encoding, "LC_ALL": "C"},
            encoding=encoding,
        )
        assert ran.status == 0, ran.err
        assert "ValueError" in ran.out


def test_grading_twice_gives_the_same_bytes(world: World) -> None:
    """Two gradings of one commit in two homes agree in checks and execution."""
    url = str(world.push("s01", {"double.py": WRONG}))
    first, second = (
        world.run(
            "grade",
            url,
            "double",
            "--allow-local",
            "--json",
            environment={"GRADER_HOME": str(world.root.parent / home)},
        ).json
        for home in "ab"
    )
    assert (first["checks"], first["execution"]) == (second["checks"], second["execution"])


def test_a_forced_push_changes_nothing_that_was_received(world: World) -> None:
    """The commit received first stays gradable from our copy after it was pushed over."""
    url = str(world.push("s01", {"double.py": RIGHT}))
    before = world.run("submit", url, "double", "--student", "s01", "--allow-local", "--json").json
    world.push("s01", {"README.md": "gone\n"})
    after = world.run("submit", url, "double", "--student", "s01", "--allow-local", "--json").json
    assert (after["commit"], after["score"], after["max"]) == (before["commit"], "2.5", "2.5")  # as a student sees it


def test_running_without_a_sandbox_needs_a_word_and_is_marked(world: World) -> None:
    """--sandbox local alone is refused; with the unsafe flag the grade says so."""
    url = str(world.push("s01", {"double.py": RIGHT}))
    assert world.run("grade", url, "double", "--allow-local", "--sandbox", "local").status == 2
    ran = world.run("grade", url, "double", "--allow-local", "--sandbox", "local", "--unsafe-no-sandbox", "--json")
    assert (ran.status, ran.json["score"]) == (0, "4"), ran.err
    assert "unsafe" in ran.json["sandbox"]
