"""`grader explore` and `grader replay` as a person calls them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from grader.errors import UsageError
from grader.verbs.exploring import read_schedule

if TYPE_CHECKING:
    from pathlib import Path

    from tests.contract.cli.cli_world import World

pytestmark = pytest.mark.usefixtures("needs_sandbox")
RACY = """\
import threading

total = 0


def add():
    global total
    for _ in range(3):
        total += 1


workers = [threading.Thread(target=add) for _ in range(2)]
for worker in workers:
    worker.start()
for worker in workers:
    worker.join()
assert total == 6
"""
LOCKED = RACY.replace("total = 0", "total = 0\nlock = threading.Lock()", 1).replace(
    "        total += 1", "        with lock:\n            total += 1"
)


@pytest.mark.parametrize("where", [(), ("--no-sandbox",)])
def test_a_failure_is_found_and_replayed(world: World, where: tuple[str, ...]) -> None:
    """Found with exit 1; the schedule as it stands reproduces it with exit 1, and no longer once mended."""
    world.write({"work/racy.py": RACY, "work/locked.py": LOCKED})
    ran = world.run("explore", "work/racy.py", "--json", *where)
    assert ran.status == 1, ran.err
    report = ran.json
    assert report["verdict"] in ("race", "error")
    assert {
        "schema",
        "file",
        "label",
        "message",
        "schedules",
        "exhausted",
        "bound",
        "seed",
        "python",
        "races",
        "advice",
    } <= report.keys()
    assert report["message"]["zh"]
    assert ran.out == world.run("explore", "work/racy.py", "--json", *where).out
    world.write({"schedule.json": json.dumps(report["failures"][0]["schedule"])})
    again = world.run("replay", "work/racy.py", "schedule.json", *where)
    assert again.status == 1, again.err
    assert "racy.py:9" in again.out
    assert world.run("replay", "work/locked.py", "schedule.json", *where).status == 0


def test_what_is_right_is_said_to_be(world: World) -> None:
    """Exit 0, every schedule seen; a file without a second task is told so."""
    world.write({"work/locked.py": LOCKED, "work/alone.py": "print('hello')\n"})
    ran = world.run("explore", "work/locked.py", "--json")
    assert (ran.status, ran.json["verdict"], ran.json["exhausted"]) == (0, "ok", True), ran.out
    ran = world.run("explore", "work/alone.py", "--json")
    assert (ran.status, ran.json["verdict"]) == (1, "no_concurrency")


def test_siblings_stdin_and_scenarios(world: World) -> None:
    """The file's neighbours can be imported, stdin is fed, a scenario gets the file as a module."""
    world.write(
        {
            "work/store.py": RACY.rsplit("workers", 2)[0].split("workers", maxsplit=1)[0],
            "work/main.py": "import threading\nimport store\nname = input()\nts = [threading.Thread(target=store.add) for _ in range(2)]\n"
            "for t in ts: t.start()\nfor t in ts: t.join()\nassert store.total == 6, name\n",
            "work/answers.txt": "zhang\n",
            "work/scene.py": "import threading\n\ndef twice(student):\n    t = threading.Thread(target=student.add)\n    t.start()\n    student.add()\n    t.join()\n    assert student.total == 6\n",
        }
    )
    ran = world.run("explore", "work/main.py", "--stdin", "work/answers.txt", "--json")
    assert ran.json["verdict"] in ("race", "error"), ran.out
    ran = world.run("explore", "work/main.py", "--json")
    assert ran.json["verdict"] == "needs_input"
    ran = world.run("explore", "work/store.py", "--scenario", "scene.py:twice", "--json")
    assert ran.json["verdict"] in ("race", "error"), ran.out


def test_wrong_use_is_said(world: World) -> None:
    """Exit 2 with what is wrong: no file, no schedule, a file that is no Python."""
    world.write({"work/broken.py": "def f(:\n", "work/ok.py": LOCKED, "bad.json": "{}"})
    assert world.run("explore", "work/nothing.py").status == 2
    assert world.run("replay", "work/ok.py", "bad.json").status == 2
    assert world.run("explore", "work/ok.py", "--stdin", "nothing.txt").status == 2
    world.write({"good.json": json.dumps({"schedule": "0x3 1x1", "time": "strict", "seed": 0})})
    for scenario in ("nowhere.py:go", "go"):
        assert world.run("replay", "work/ok.py", "good.json", "--scenario", scenario).status == 2
    ran = world.run("explore", "work/broken.py", "--lang", "en")
    assert ran.status == 2
    assert "broken.py:1" in ran.err


@pytest.mark.parametrize(
    "text",
    [
        "", "no", "[]", "1e999", "null", "[" * 100_000, '{"schedule": "0x1"}', '{"schedule": ["0x1"], "time": "strict", "seed": 0}',
        '{"schedule": "0x999999999", "time": "strict", "seed": 0}', '{"schedule": "0x1", "time": "strict", "seed": 1e999}',
        '{"schedule": "0x1", "time": "soon", "seed": 0}', '{"schedule": "0x1", "time": ["late"], "seed": 0}', '{"schedule": "\u0661x1", "time": "late", "seed": 0}',
        '{"schedule": "0x1", "time": "late", "seed": true}', '{"schedule": "0x1", "time": "late", "seed": ' + "9" * 5000 + "}",
    ],
)  # fmt: skip
def test_no_odd_schedule_is_read(text: str, tmp_path: Path) -> None:
    """Whatever the file holds, one sentence says that it is no schedule."""
    file = tmp_path / "schedule.json"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError) as found:
        read_schedule(file)
    assert found.value.remedy is not None
