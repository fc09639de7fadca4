"""`explore` and `replay` on a student's laptop: Windows, macOS, Linux, with the base dependencies only."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.contract.cli.cli_world import Ran
from tests.contract.cli.laptop import absent_modules
from tests.contract.cli.test_explore import LOCKED, RACY

RUNNER = Path(__file__).with_name("elsewhere.py")
SYSTEMS = ("win32", "darwin", "linux")
EVERYTHING = """\
import concurrent.futures
import logging
import multiprocessing.dummy
import multiprocessing.pool
import queue
import random
import sched
import subprocess
import tempfile
import threading
import time

lock, done = threading.Lock(), queue.Queue()


def work(n):
    with lock:
        logging.warning("at %d", n)
        time.sleep(random.random())
    done.put(n)
    return n


with concurrent.futures.ThreadPoolExecutor(2) as pool:
    assert sorted(pool.map(work, range(2))) == [0, 1]
with multiprocessing.pool.ThreadPool(2) as pool:
    assert pool.map(work, [2]) == [2]
timer = threading.Timer(0.1, work, [3])
timer.start()
timer.join()
assert sorted(done.get() for _ in range(4)) == [0, 1, 2, 3]
"""
DEADLOCK = """\
import threading

forks = [threading.Lock() for _ in range(2)]


def eat(first, second):
    with forks[first]:
        with forks[second]:
            print("吃饭")


people = [threading.Thread(target=eat, args=(n, 1 - n), name=f"哲学家{n}") for n in range(2)]
for person in people:
    person.start()
for person in people:
    person.join()
"""


@dataclass
class Laptop:
    """A folder on another system."""

    system: str
    folder: Path

    def run(self, *arguments: str, encoding: str = "utf-8") -> Ran:
        environment = {"PATH": os.environ["PATH"], "HOME": str(self.folder), "PYTHONIOENCODING": encoding}
        hidden = ",".join(sorted(absent_modules()))
        done = subprocess.run(
            [sys.executable, str(RUNNER), self.system, hidden, *arguments], cwd=self.folder, env=environment, capture_output=True, check=False
        )  # fmt: skip
        return Ran(done.returncode, done.stdout.decode(encoding), done.stderr.decode(encoding))


@pytest.fixture(params=[SYSTEMS[0], *(pytest.param(name, marks=pytest.mark.soak) for name in SYSTEMS[1:])])
def laptop(request: pytest.FixtureRequest, tmp_path: Path) -> Laptop:
    folder = tmp_path / "我的 作业"
    folder.mkdir()
    return Laptop(request.param, folder)


@pytest.mark.parametrize(
    ("name", "text", "verdict"), [("竞争 race.py", RACY, "race"), ("死\\锁.py", DEADLOCK, "deadlock")]
)
def test_a_bug_is_found_and_replayed(laptop: Laptop, name: str, text: str, verdict: str) -> None:
    """Exit 1 with the schedule as JSON and as text; replay exits 1; every file name goes."""
    (laptop.folder / name).write_text(text, encoding="utf-8")
    ran = laptop.run("explore", name, "--no-sandbox", "--json")
    assert ran.status == 1, ran.err
    report = ran.json
    assert (report["file"], report["verdict"]) == (name, verdict)
    assert report["failures"][0]["schedule"]["file"] == name
    (laptop.folder / "调度.json").write_text(json.dumps(report["failures"][0]["schedule"]), encoding="utf-8")
    again = laptop.run("replay", name, "调度.json", "--no-sandbox", "--lang", "zh")
    assert again.status == 1, again.err
    told = laptop.run("explore", name, "--no-sandbox", "--lang", "zh")
    assert told.status == 1
    assert told.out.startswith(f"{verdict}: ")


def test_what_is_mended_no_longer_fails(laptop: Laptop) -> None:
    """Exit 0 from explore, and from replay of the schedule that broke the file before."""
    file = laptop.folder / "bank.py"
    file.write_text(RACY, encoding="utf-8")
    found = laptop.run("explore", "bank.py", "--no-sandbox", "--json").json
    (laptop.folder / "schedule.json").write_text(json.dumps(found["failures"][0]["schedule"]), encoding="utf-8")
    file.write_text(LOCKED, encoding="utf-8")
    ran = laptop.run("replay", "bank.py", "schedule.json", "--no-sandbox", "--json")
    assert (ran.status, ran.json["verdict"]) == (0, "ok"), ran.err
    ran = laptop.run("explore", "bank.py", "--no-sandbox")
    assert ran.status == 0, ran.err


def test_the_standard_library_is_there(laptop: Laptop) -> None:
    """Pools, timers, logging, random and what imports sockets run on what this system has of them."""
    (laptop.folder / "all.py").write_text(EVERYTHING, encoding="utf-8")
    ran = laptop.run("explore", "all.py", "--no-sandbox", "--json", "--schedules", "20")
    assert (ran.status, ran.json["verdict"]) == (0, "ok"), ran.out + ran.err


@pytest.mark.parametrize("encoding", ["cp936", "cp1252"])
def test_a_console_shows_what_it_can(laptop: Laptop, encoding: str) -> None:
    """A console of another encoding breaks neither text nor JSON."""
    (laptop.folder / "dead.py").write_text(DEADLOCK, encoding="utf-8")
    for language in ("zh", "en"):
        ran = laptop.run("explore", "dead.py", "--no-sandbox", "--lang", language, encoding=encoding)
        assert ran.status == 1, ran.err
        assert "Traceback" not in ran.err
    ran = laptop.run("explore", "dead.py", "--no-sandbox", "--json", encoding=encoding)
    assert "哲学家0" in ran.json["message"]["zh"]


def test_files_of_the_folder_take_no_place(laptop: Laptop) -> None:
    """A student's own `json.py`, `random.py` or `sandbox.py` beside the file stands in for nothing that we run on."""
    for name in ("json", "random", "sandbox", "greenlet", "tokenize"):
        (laptop.folder / f"{name}.py").write_text("raise RuntimeError('taken for a module')\n", encoding="utf-8")
    (laptop.folder / "bank.py").write_text(LOCKED, encoding="utf-8")
    ran = laptop.run("explore", "bank.py", "--no-sandbox")
    assert ran.status == 0, ran.out + ran.err


def test_wrong_use_and_no_sandbox_are_said(laptop: Laptop) -> None:
    """Exit 2 for a file that is not there, 3 with the way out where no sandbox can be had, and never a traceback."""
    ran = laptop.run("explore", "nothing.py", "--no-sandbox")
    assert (ran.status, "Traceback" in ran.err) == (2, False)
    (laptop.folder / "bank.py").write_text(LOCKED, encoding="utf-8")
    if laptop.system != "linux":
        ran = laptop.run("explore", "bank.py", "--lang", "en")
        assert (ran.status, "--no-sandbox" in ran.err) == (3, True), ran.err
    ran = laptop.run("grade", "https://git.example.invalid/a", "double", "--lang", "en")
    assert ran.status == 2, ran.err
    assert "concurrency-grader[server]" in ran.err
    assert "Traceback" not in ran.err
