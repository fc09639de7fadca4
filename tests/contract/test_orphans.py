"""Whatever we start, nothing of it is left, not even a dead process that nobody waited for."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import psutil
import pytest

from grader import orphans
from grader.containers import choose
from grader.containers.session import SandboxSpec
from grader.errors import GraderError
from grader.judge.process import JudgeProcess, sweep

if TYPE_CHECKING:
    from pathlib import Path


def left() -> list[str]:
    return [process.name() for process in psutil.Process().children(recursive=True)]


def test_a_group_is_ended_with_those_whose_parents_are_gone() -> None:
    """A shell that is gone, its child still asleep: both are waited for."""
    orphans.become_reaper()
    before = left()
    process = subprocess.Popen(
        ["/bin/sh", "-c", "sleep 1000 & sleep 1000 & echo"], stdout=subprocess.PIPE, start_new_session=True
    )
    assert process.stdout is not None
    process.stdout.readline()
    process.wait()
    assert len(left()) > len(before)
    orphans.end_group(process)
    orphans.end_group(process)
    assert left() == before
    process.stdout.close()


def test_a_judge_leaves_nothing() -> None:
    """Its own confinement, if there is any, has more than one process."""
    with JudgeProcess({"test_reference.py": b"def test_one(): pass\n"}):
        pass  # finds out whether judges are confined here
    before = left()
    with JudgeProcess({"test_reference.py": b"def test_one(): pass\n"}):
        assert len(left()) > len(before)
    assert left() == before


def test_folders_of_the_killed_are_swept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those of a process that is gone, not those of one that is here."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    gone = subprocess.Popen(["/bin/true"])
    gone.wait()
    for owner in (gone.pid, os.getpid()):
        (tmp_path / f"grader-judge-{owner}-x").mkdir()
    (tmp_path / "grader-judge-other").mkdir()
    sweep.__wrapped__()
    assert {path.name for path in tmp_path.iterdir()} == {f"grader-judge-{os.getpid()}-x", "grader-judge-other"}


def test_a_sandbox_leaves_nothing() -> None:
    """Closed in order, and killed."""
    try:
        backend = choose("bubblewrap")
    except GraderError as error:
        pytest.skip(str(error))
    before = left()
    with backend.open(SandboxSpec()):
        assert len(left()) > len(before)
    with backend.open(SandboxSpec()) as session:
        session.receive(wall=0.01, cpu=1.0)
    assert left() == before
