"""The course file."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from grader.containers.session import Limits
from grader.course.course import Attempts, Host, find_course, load_course
from grader.course.text import Text
from grader.errors import Problems, UsageError
from tests.unit.course.support import COURSE, EXERCISE, course, write

if TYPE_CHECKING:
    from pathlib import Path

FULL = """\
title: {zh: 并发编程, en: Concurrency}
timezone: Asia/Shanghai
language: zh
encoding: gb18030
roster: roster.csv
hosts: {gitee.com: {token_file: .grader/token}, github.com: {}, "localhost:8080": {ssh_key: key, known_hosts: hosts}}
late: {grace: 10min, per_day: 10%, at_most: 50%, slip_days: 3, closes_after: 7d}
attempts: {counts: best, per_day: 20}
limits: {wall: 10s, cpu: 500ms, memory: 1.5GB, tasks: 64}
packages: [numpy, gevent]
schedule:
  demo: 2026-12-01 23:59
"""


def test_every_key_is_read(tmp_path: Path) -> None:
    """Durations, sizes, shares and times are exact and aware."""
    read = course(tmp_path, {"assignments/course.yaml": FULL})
    assert read.title == Text("并发编程", "Concurrency")
    assert (read.language, read.encoding, read.timezone) == ("zh", "gb18030", ZoneInfo("Asia/Shanghai"))
    assert read.roster == tmp_path / "roster.csv"
    assert read.hosts == {
        "gitee.com": Host(token_file=tmp_path / ".grader/token"),
        "github.com": Host(),
        "localhost:8080": Host(ssh_key=tmp_path / "key", known_hosts=tmp_path / "hosts"),
    }
    assert (read.late.grace, read.late.per_day, read.late.at_most) == (
        timedelta(minutes=10),
        Decimal("0.1"),
        Decimal("0.5"),
    )
    assert (read.late.slip_days, read.late.closes_after) == (3, timedelta(days=7))
    assert read.attempts == Attempts("best", 20)
    assert read.limits == Limits(wall=10.0, cpu=0.5, memory=1536 * 2**20, tasks=64)
    assert read.packages == ("gevent", "numpy")
    assert read.schedule["demo"] == datetime(2026, 12, 1, 15, 59, tzinfo=UTC)


def test_the_least_course_is_a_title_and_a_zone(tmp_path: Path) -> None:
    """Everything else has a default, and the default costs nobody anything."""
    read = course(tmp_path, {"assignments/course.yaml": "title: x\ntimezone: UTC\n"})
    assert read.late.per_day == 0
    assert read.due("demo") is None
    assert read.limits == Limits()


def test_a_course_is_found_from_any_folder_below_it(tmp_path: Path) -> None:
    """The nearest parent with assignments/course.yaml; else an error that says what to do."""
    root = write(tmp_path / "course")
    assert find_course(root / "reference" / "demo") == root.resolve()
    with pytest.raises(UsageError) as caught:
        find_course(tmp_path)
    assert caught.value.remedy is not None


def test_exercises_are_ordered_by_due_time_then_name(tmp_path: Path) -> None:
    """An exercise's own due time goes before the schedule's; those without one come last."""
    files = {
        "assignments/course.yaml": COURSE.replace(
            "{demo: 2026-12-01 23:59}", "{demo: 2026-12-03 23:59, early: 2026-12-04 23:59}"
        ),
        "assignments/early.yaml": EXERCISE + "due: 2026-12-02 08:00\n",
        "assignments/a-never.yaml": EXERCISE,
        "assignments/b-never.yaml": EXERCISE,
    }
    read = course(tmp_path, files)
    assert read.assignments() == ("early", "demo", "a-never", "b-never")
    assert read.due("early") == datetime(2026, 12, 2, 0, 0, tzinfo=UTC)


def test_due_times_are_in_the_course_zone_also_after_a_clock_change(tmp_path: Path) -> None:
    """18:00 in Helsinki is 15:00 UTC before the change of October and 16:00 after; a doubled hour means the later one."""
    text = "title: x\ntimezone: Europe/Helsinki\nschedule: {demo: %s}\n"
    hours = {"2026-10-24 18:00": (24, 15, 0), "2026-10-25 18:00": (25, 16, 0), "2026-10-25 03:30": (25, 1, 30)}
    for written, (day, hour, minute) in hours.items():
        read = course(tmp_path, {"assignments/course.yaml": text % written})
        due = read.due("demo")
        assert due is not None
        assert due.astimezone(UTC) == datetime(2026, 10, day, hour, minute, tzinfo=UTC), written


def test_an_unknown_exercise_names_the_near_one(tmp_path: Path) -> None:
    """Asking for `dmeo` says `demo`."""
    with pytest.raises(UsageError) as caught:
        course(tmp_path).due("dmeo")
    assert "demo" in caught.value.render("en")


def test_a_broken_exercise_does_not_hide_the_course(tmp_path: Path) -> None:
    """One exercise that cannot be read leaves the others usable."""
    read = course(tmp_path, {"assignments/broken.yaml": "due: [\n"})
    assert read.assignments() == ("demo", "broken")


def test_links_that_leave_the_course_are_refused(tmp_path: Path) -> None:
    """Neither the roster, a token nor course.yaml itself may be a way to read other files of the machine."""
    secret = tmp_path / "secret"
    secret.write_text("title: x\ntimezone: UTC\n", encoding="utf-8")
    for name, extra in (("roster.csv", "roster: roster.csv\n"), ("token", "hosts: {gitee.com: {token_file: token}}\n")):
        root = write(tmp_path / name, {"assignments/course.yaml": COURSE + extra})
        (root / name).symlink_to(secret)
        with pytest.raises(Problems, match="leads out of the course"):
            load_course(root)
    root = write(tmp_path / "third")
    (root / "assignments/course.yaml").unlink()
    (root / "assignments/course.yaml").symlink_to(secret)
    with pytest.raises(Problems, match="leads out of the course"):
        load_course(root)


def test_names_of_exercises_are_safe_everywhere(tmp_path: Path) -> None:
    """A stem is a name on the command line, in addresses and in exports: a-z, 0-9, hyphens."""
    for name in ("Demo", "two--hyphens", "spaß", "a b", "-a", "x" * 61):
        with pytest.raises(Problems, match="name of an exercise"):
            course(tmp_path / name, {f"assignments/{name}.yaml": EXERCISE})
    with pytest.raises(Problems, match=r"end in \.yaml"):
        course(tmp_path / "yml", {"assignments/other.yml": EXERCISE})
