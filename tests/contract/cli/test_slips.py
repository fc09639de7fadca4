"""Slips of the hand on the command line are refused, and what a person set is in every number."""

from __future__ import annotations

import csv
import io
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
    assert (row["double"], row["total"]) == ("3.00", "3.00")


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
