"""One submission, two runs of student code that do next to nothing: what is left is the cost of sandbox, judge and protocol.

bare         python3 -S -c pass, in a new process: nothing can be cheaper
in-process   `docker run` of a container in which pytest and the tests stand beside the student's file
bubblewrap   this project, a fresh sandbox for every submission
docker       this project, a fresh container for every submission
"""

from __future__ import annotations

import argparse
import multiprocessing
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from grader.containers import choose
from grader.containers.docker_image import TAG
from grader.course.course import load_course
from grader.course.version import Version
from grader.errors import SandboxError
from grader.intake.snapshot import Snapshot
from grader.judge.grade import Judges

COURSE = Path(__file__).parent / "course"
FILE = b"def double(n):\n    return n * 2\n"
PYTEST = ("py.py", "pytest", "_pytest", "pluggy", "iniconfig", "packaging", "pygments")


def measure(sandbox: str, count: int) -> list[float]:
    """Milliseconds of each of `count` submissions in one process, the first (which starts the judge) left out."""
    backend = choose(sandbox)
    version = Version.of(load_course(COURSE), "double")
    times = []
    with Judges() as judges:
        for number in range(count + 1):
            start = time.perf_counter()
            grading = judges.grade(
                version, Snapshot(file="double.py", files={"double.py": FILE}), f"s{number}", backend
            )
            times.append((time.perf_counter() - start) * 1000)
            if any(check.verdict != "pass" for check in grading.checks):
                raise SystemExit(f"{sandbox}: {grading.checks}")
    return times[1:]


def throughput(sandbox: str, count: int, workers: int = 2) -> float:
    """Submissions a second with `workers` processes."""
    with multiprocessing.get_context("spawn").Pool(workers) as pool:
        pool.starmap(measure, [(sandbox, 1)] * workers)  # everybody has started
        start = time.perf_counter()
        pool.starmap(measure, [(sandbox, count // workers)] * workers, chunksize=1)
        return count / (time.perf_counter() - start)


def command(line: list[str], count: int) -> list[float]:
    """Milliseconds of each of `count` runs of a command."""
    times = []
    for _ in range(count):
        start = time.perf_counter()
        subprocess.run(line, check=True, capture_output=True)
        times.append((time.perf_counter() - start) * 1000)
    return times


def pytest_image() -> str:
    """An image like ours with pytest, the tests and the student's file in it. Raises SandboxError without an Engine or image."""
    backend = choose("docker")
    tag = "grader-benchmark-pytest"
    site = Path(next(p for p in sys.path if p.endswith("site-packages")))
    with tempfile.TemporaryDirectory() as folder:
        context = Path(folder)
        for name in PYTEST:
            source, target = site / name, context / "site" / name
            if source.is_dir():
                shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                target.parent.mkdir(exist_ok=True)
                shutil.copy(source, target)
        (context / "work").mkdir()
        (context / "work/double.py").write_bytes(FILE)
        (context / "work/test_double.py").write_bytes(
            b"from double import double\n\ndef test_two():\n    assert double(2) == 4\n\ndef test_text():\n    assert double('ab') == 'abab'\n"
        )
        (context / "Dockerfile").write_text(
            f"FROM {TAG}\nUSER root\nCOPY site /site\nCOPY work /work\nRUN python3 -m compileall -q /site\nWORKDIR /work\nUSER 1000:1000\n"
        )
        command = ["docker", "build", "--quiet", "--network", "none", "--tag", tag, folder]
        subprocess.run(command, check=True, capture_output=True)
    del backend
    return tag


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("--count", type=int, default=100, help="submissions per figure")
    count = parser.parse_args(arguments).count
    rows: list[tuple[str, list[float], float | None]] = []
    rows.append(("bare interpreter", command(["/usr/bin/env", "-i", sys.executable, "-S", "-c", "pass"], count), None))
    for sandbox in ("bubblewrap", "docker"):
        try:
            choose(sandbox)
        except SandboxError as error:
            print(f"left out: {sandbox}: {error.message}")
            continue
        some = count if sandbox == "bubblewrap" else max(10, count // 4)
        rows.append((sandbox, measure(sandbox, some), throughput(sandbox, some)))
    try:
        image = pytest_image()
        line = [
            "docker",
            "run",
            "--rm",
            "--network",
            "none",
            "--env",
            "PYTHONPATH=/site",
            image,
            "python3",
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:cacheprovider",
        ]
        some = max(10, count // 4)
        start = time.perf_counter()
        times = command(line, some)
        rows.append(("docker run + pytest inside", times, some / (time.perf_counter() - start)))
    except SandboxError as error:
        print(f"left out: docker run + pytest inside: {error.message}")
    show(rows)


def show(rows: list[tuple[str, list[float], float | None]]) -> None:
    """p50 and p95 in ms, and ratios to the first row and to the last."""
    bare = statistics.median(rows[0][1])
    inside = statistics.median(rows[-1][1])
    print(f"{'':28}{'p50 ms':>9}{'p95 ms':>9}{'x bare':>9}{'x inside':>9}{'per second':>12}{'888 take s':>12}")
    for name, times, rate in rows:
        p50, p95 = statistics.median(times), statistics.quantiles(times, n=20)[-1]
        per = f"{rate:12.1f}{888 / rate:12.1f}" if rate else ""
        print(f"{name:28}{p50:9.1f}{p95:9.1f}{p50 / bare:9.2f}{p50 / inside:9.2f}{per}")
