"""A class from roster to export, and what people do in between."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import jsonschema
import pytest

from grader.reports.contract import schema
from tests.contract.cli.cli_world import RIGHT, WRONG

if TYPE_CHECKING:
    from tests.contract.cli.cli_world import World

pytestmark = pytest.mark.usefixtures("needs_sandbox")
NAMES = ("王小明", "欧阳娜娜", "תלמיד לדוגמה")


@pytest.fixture
def graded(world: World) -> World:
    """Four students: right, wrong, no file, no repository."""
    world.push("007", {"double.py": RIGHT})
    world.push("008", {"double.py": WRONG})
    world.push("009", {"README.md": "later\n"})
    world.roster(("007", NAMES[0], "1"), ("008", NAMES[1], "1"), ("009", NAMES[2], "2"), ("010", "O'Brian", "2"))
    ran = world.run("batch", "--allow-local", "--json")
    assert ran.status == 0, ran.err
    for one in ran.lines:
        jsonschema.validate(one, schema())
    assert {one["student"]: one["status"] for one in ran.lines} == {
        "007": "graded",
        "008": "graded",
        "009": "missing",
        "010": "missing",
    }
    return world


def scores(world: World) -> dict[str, str]:
    """Student id -> score, from a batch that has nothing left to do."""
    return {one["student"]: one["score"] for one in world.run("batch", "--allow-local", "--json").lines}


def test_names_survive_from_roster_to_export(graded: World) -> None:
    """The table starts with the id as text and keeps every name; our own roster reader finds nothing to change in it."""
    path = graded.root / "out.csv"
    assert graded.run("export", "table", "--into", str(path)).status == 0
    data = path.read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
    assert [row[0].strip("\t'") for row in rows[1:]] == ["007", "008", "009", "010"]
    assert {name for row in rows[1:] for name in row} >= set(NAMES)


def test_missing_is_one_line_a_group(graded: World) -> None:
    """Two people of group 2 are missing; nobody of group 1."""
    first, second = graded.run("missing").out.splitlines()
    assert NAMES[2] in second
    assert "O'Brian" in second
    assert not any(name in first for name in NAMES)


def test_pages_link_to_each_other_and_leak_nothing(graded: World) -> None:
    """The class page names everybody; no student page holds a hidden check's input."""
    assert graded.run("report", "--into", str(graded.root / "pages")).status == 0
    assert all(name in (graded.root / "pages/index.html").read_text() for name in NAMES)
    for student in ("007", "008"):
        for page in (graded.root / "pages" / student).iterdir():
            assert "8675309" not in page.read_text()
            assert "test_hidden" not in page.read_text()


def test_a_human_act_stands_beside_the_machine(graded: World) -> None:
    """An override counts, a regrade with a changed test leaves it, taking it back restores the machine's points."""
    act = ("override", "008", "double", "--as", "助教", "--reason", "shown in class")
    assert graded.run(*act, "--points", "3.5").status == 0
    assert scores(graded)["008"] == "3.5"
    (graded.root / "reference/double/test_reference.py").write_text(
        "def test_two(call):\n    assert call('double', 2) in (4, 5)\n\n\ndef test_hidden(call):\n    assert call('double', 1) == 2\n"
    )
    shown = graded.run("regrade", "double", "--as", "助教", "--reason", "test mended", "--json")
    assert shown.status == 0, shown.err
    assert {one["student"]: (one["old"], one["new"]) for one in shown.lines if one["student"] == "008"} == {
        "008": ("0", "2.5")
    }
    assert scores(graded)["008"] == "3.5"
    late = graded.run("regrade", "double", "--student", "007", "--as", "助教", "--reason", "one more")
    assert (late.status, "007" in late.out) == (2, False)  # the open set's students are chosen
    assert graded.run("regrade", "double", "--apply", "--as", "助教", "--reason", "checked").status == 0
    assert scores(graded)["008"] == "3.5"
    assert graded.run(*act).status == 0
    assert scores(graded)["008"] == "2.5"


def test_extension_and_comment_and_release(graded: World) -> None:
    """Each is accepted, and the hidden check appears for students only after the release."""
    assert graded.run("extend", "008", "double", "2037-01-01 23:59", "--as", "TA", "--reason", "ill").status == 0
    assert graded.run("extend", "008", "double", "soon", "--as", "TA", "--reason", "ill").status == 2
    assert graded.run("comment", "008", "double", "看看乘法", "--as", "TA", "--line", "2").status == 0
    assert graded.run("release", "double", "--as", "TA", "--reason", "discussed").status == 0
    graded.run("report", "--student", "008", "--into", str(graded.root / "pages"))
    page = next((graded.root / "pages/008").glob("double.html")).read_text()
    assert "看看乘法" in page
    assert "8675309" in page


def test_a_bad_row_is_a_row(graded: World) -> None:
    """A row without an id is listed with its line; everybody else is graded."""
    with (graded.root / "roster.csv").open("a") as file:
        file.write(",nobody,2,\n")
    ran = graded.run("batch", "--allow-local")
    assert ran.status == 0
    assert "roster.csv:6" in ran.err
    assert "007" in ran.out


def test_roster_is_shown_before_it_is_written(world: World) -> None:
    """GBK with semicolons reads as the course declares, with a notice; nothing is written without --apply."""
    data = "id;name;group;repository\n007;王小明;1;https://git.example.invalid/a/b\n".encode("gb18030")
    world.write({"class.csv": data})
    shown = world.run("roster", "class.csv", "--json")
    assert (shown.json["students"], shown.json["delimiter"], shown.json["applied"]) == (1, ";", False)
    assert shown.json["notices"]
    assert world.run("missing").status == 2
    assert world.run("roster", "class.csv", "--apply").status == 0
    assert "王小明" in world.run("missing").out


def test_backup_restore_forget(graded: World) -> None:
    """A backup restored into an empty home gives the same grades; a forgotten student leaves nothing behind."""
    before = scores(graded)
    assert graded.run("backup", "all.tar.gz").status == 0
    other = {"GRADER_HOME": str(graded.root.parent / "other")}
    assert graded.run("restore", "all.tar.gz", environment=other).status == 0
    assert {
        one["student"]: one["score"] for one in graded.run("batch", "--allow-local", "--json", environment=other).lines
    } == before
    assert graded.run("restore", "all.tar.gz").status == 2
    (graded.root / "roster.csv").write_text("id,name,group,repository\n007,a,1,\n")
    graded.run("missing")
    assert graded.run("forget", "008", "--as", "TA", "--reason", "asked").status == 0
    stored = b"".join(path.read_bytes() for path in (graded.root / ".grader").rglob("*") if path.is_file())
    assert NAMES[1].encode() not in stored
    assert graded.run("clean").status == 0


def test_what_collect_received_is_graded_although_it_was_pushed_over(world: World) -> None:
    """Received by `collect`, then force-pushed away, then graded: the batch grades what was received."""
    world.push("007", {"double.py": RIGHT})
    world.roster(("007", NAMES[0], "1"))
    assert world.run("collect", "--allow-local").status == 0
    world.push("007", {"README.md": "gone\n"})
    assert scores(world) == {"007": "4"}


def test_who_is_right_after_the_next_push_does_not_lose_what_came_before(world: World) -> None:
    """A worse push after the one that was collected: both are graded, the latest counts, and both are listed."""
    world.push("007", {"double.py": RIGHT})
    world.roster(("007", NAMES[0], "1"))
    world.run("collect", "--allow-local")
    world.push("007", {"double.py": WRONG})
    assert scores(world) == {"007": "0"}
    world.run("report", "--student", "007", "--into", str(world.root / "pages"))
    page = (world.root / "pages/007/double.md").read_text()
    assert "2.5" in page
