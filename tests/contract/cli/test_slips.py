"""Slips of the hand on the command line are refused, and what a person set is in every number."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.contract.cli.cli_world import World

SIGNED = ("--as", "助教", "--reason", "shown in class")


@pytest.mark.parametrize(
    "arguments",
    [
        ("override", "s01", "double", "--points", "99", *SIGNED),
        ("override", "s01", "double", "--points=-1", *SIGNED),
        ("override", "s01", "double", "--check", "test_two", "--points", "4", *SIGNED),
        ("extend", "s01", "double", "2036-12-03", *SIGNED),
        ("extend", "s01", "double", "2026-01-01 23:59", *SIGNED),
        ("extend", "@7", "double", "2037-01-01 23:59", *SIGNED),
        ("decide", "s01", "double", "on_time", *SIGNED),
        ("comment", "s01", "double", "look here", "--line", "99", "--as", "TA"),
        ("regrade", "double", "--apply", "--drop", *SIGNED),
        ("export", "canvas", "double", "--fill", "nowhere.csv"),
    ],
)
def test_a_slip_is_refused(world: World, arguments: tuple[str, ...]) -> None:
    """Points out of range, a date without a time, both ends of a regrade, a file that is not there: status 2, no traceback."""
    world.roster(("s01", "王小明", "1"))
    ran = world.run(*arguments, "--lang", "zh")
    assert ran.status == 2, ran.err
    assert "Traceback" not in ran.err
    assert "没有进行中" not in ran.err


def test_a_total_set_for_work_without_a_repository_is_exported(world: World) -> None:
    """Shown in class, never pushed: the table holds the points that the command line answered with."""
    world.roster(("s01", "王小明", "1"))
    assert world.run("override", "s01", "double", "--points", "3", *SIGNED).status == 0
    path = world.root / "out.csv"
    assert world.run("export", "table", "--into", str(path)).status == 0
    (row,) = csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig")))
    assert (row["double"], row["total"], row["missing"]) == ("3.00", "3.00", "")
    assert world.run("missing", "--lang", "en").out == "Group 1: everything handed in\n"
    (grade,) = world.run("report", "--student", "s01", "--into", str(world.root / "pages")).out.splitlines()
    page = (world.root / "pages" / "s01" / "double.html").read_text(encoding="utf-8")
    assert grade.endswith("double.html")
    assert "分数由人工设定。" in page
    assert "3 / 4" in " ".join(re.sub("<[^>]*>", " ", page).split())


def test_a_group_is_decided_about_at_once(world: World) -> None:
    """@2 is everybody of group 2, @all the class; with nothing to decide nothing is written."""
    world.roster(("s01", "王小明", "1"), ("s02", "李测试", "2"), ("s03", "赵样例", "2"))
    ran = world.run("extend", "@2", "double", "2037-01-01 23:59", *SIGNED)
    assert [line.split()[0] for line in ran.out.splitlines()] == ["s02", "s03"]
    ran = world.run("decide", "@all", "double", "on_time", *SIGNED, "--lang", "en")
    assert (ran.status, ran.out) == (0, "There is nothing to do.\n")


def test_a_draft_that_cannot_be_read_stops_no_other_exercise(world: World) -> None:
    """With slip days every exercise is looked at; one with a mistake that nobody handed in is not needed for that."""
    spec = world.root / "assignments" / "course.yaml"
    spec.write_text(spec.read_text(encoding="utf-8").replace("slip_days: 0", "slip_days: 2"), encoding="utf-8")
    world.write({"assignments/draft.yaml": "title: x\nchekcs: {}\n"})
    world.roster(("s01", "王小明", "1"))
    ran = world.run("override", "s01", "double", "--points", "3", *SIGNED, "--lang", "zh")
    assert (ran.status, ran.err) == (0, "")
    assert world.run("export", "table", "double").status == 0
    assert world.run("export", "table", "draft").status == 2
    every = world.run("missing", "--lang", "en")
    assert (every.status, every.out) == (0, "Group 1: everything handed in\n")
    assert "draft.yaml:2:1" in every.err
