"""Every program under every tool, each in a process of its own: `python -m benchmarks.beside --own PYTHON --frontrun PYTHON --interleave PYTHON`.

Each PYTHON is an interpreter (of one version, to be fair) in an environment that has the one tool: greenlet, frontrun, interleave-test. The programs
are those of tests/programs/bugs, and fixed, whose number is one of the thread bugs of the first corpus. All tools get the same number of schedules and
of CPU seconds; CPU time is the kernel's account of the process and its children, from the start of the interpreter to its end.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import signal
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
PROGRAMS = ROOT / "tests" / "programs"
NUMBERS = [f"{number:02}" for number in range(1, 21) if number not in {13, 14}]  # those two are about processes
TOOLS = (
    ("grader explore", "own", ""),
    ("frontrun dpor", "frontrun", "dpor"),
    ("frontrun random", "frontrun", "random"),
    ("interleave random", "interleave", "random"),
    ("interleave pct", "interleave", "pct"),
    ("interleave dfs", "interleave", "dfs"),
)
WALL = 6  # times the CPU seconds: a process that only waits


@dataclass(frozen=True)
class Outcome:
    """One program under one tool."""

    kind: str  # found | passed | unsure | gave up | cannot
    schedules: int = 0
    seconds: float = 0.0  # CPU
    text: str = ""

    @property
    def cell(self) -> str:
        """As it stands in the table."""
        if self.kind in {"found", "passed"}:
            return f"{self.schedules} / {self.seconds:.2f}"
        return self.kind


def command(tool: str, python: str, path: Path, schedules: int, mode: str) -> list[str]:
    """How a tool is asked about one program; frontrun patches locks through a launcher of its own."""
    script = HERE / ("own.py" if tool == "own" else f"{tool}_.py")
    launcher = [str(Path(python).with_name("frontrun"))] if tool == "frontrun" else []
    return [*launcher, python, str(script), str(path), str(schedules), mode]


def run(tool: str, python: str, path: Path, schedules: int, mode: str, cpu: int) -> Outcome:
    """Ask one tool about one program."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            command(tool, python, path, schedules, mode), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=said, start_new_session=True,
            env={**os.environ, "PYTHONPATH": str(ROOT) if tool == "own" else "", "PYTHONHASHSEED": "0"},
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu + 1)),  # noqa: PLW1509  no threads here
        )  # fmt: skip
        try:
            process.wait(cpu * WALL)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        said.seek(0)
        lines = said.read().decode(errors="replace").strip().splitlines()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return read(next((line for line in reversed(lines) if line.startswith("{")), ""), seconds, lines[-1:])


def read(line: str, seconds: float, rest: list[str]) -> Outcome:
    """What a tool's last line says."""
    try:
        told: dict[str, Any] = json.loads(line)
    except ValueError:
        return Outcome("gave up", 0, seconds, " ".join(rest))
    if "cannot" in told:
        return Outcome("cannot", 0, seconds, told["cannot"])
    if "unsure" in told:
        return Outcome("unsure", told["schedules"], seconds, str(told["unsure"]))
    return Outcome("found" if told["found"] else "passed", told["schedules"], seconds, told["found"])


def main() -> None:
    """Run all, print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("own", "frontrun", "interleave"):
        parser.add_argument(f"--{name}", required=True, metavar="PYTHON")
    parser.add_argument("--schedules", type=int, default=1000)
    parser.add_argument("--cpu", type=int, default=10, help="seconds for each program")
    parser.add_argument("numbers", nargs="*", default=NUMBERS)
    told = parser.parse_args()
    results: dict[tuple[str, str, str], Outcome] = {}
    names = [path.name for number in told.numbers for path in sorted((PROGRAMS / "bugs").glob(f"{number}_*.py"))]
    for name in names:
        for title, tool, mode in TOOLS:
            for folder in ("bugs", "fixed"):
                outcome = run(tool, getattr(told, tool), PROGRAMS / folder / name, told.schedules, mode, told.cpu)
                results[name, folder, title] = outcome
                print(folder, name, title, outcome, file=sys.stderr, flush=True)
    versions = ", ".join(version(tool, getattr(told, tool)) for tool in ("own", "frontrun", "interleave"))
    print(f"{versions}; {told.schedules} schedules and {told.cpu} CPU seconds for each program\n")
    print(table(names, results))


def version(tool: str, python: str) -> str:
    """Interpreter and package of an environment."""
    package = {"own": "greenlet", "frontrun": "frontrun", "interleave": "interleave-test"}[tool]
    code = (
        f"import sys, importlib.metadata as m; print({package!r}, m.version({package!r}), 'on', sys.version.split()[0])"
    )
    return subprocess.run([python, "-c", code], capture_output=True, text=True, check=True).stdout.strip()


def table(names: list[str], results: dict[tuple[str, str, str], Outcome]) -> str:
    """Bugs: schedules / CPU seconds to the first failure; below, the totals."""
    titles = [title for title, _, _ in TOOLS]
    rows = [["program", *titles], ["---"] * (len(titles) + 1)]
    for name in names:
        cells = []
        for title in titles:
            bug, fixed = results[name, "bugs", title], results[name, "fixed", title]
            cell = {"passed": f"**wrong pass** {bug.cell}"}.get(bug.kind, bug.cell)
            alarm = {
                "found": "; **false alarm**",
                "unsure": "; twin unsure",
                "cannot": "; twin cannot" if bug.kind != "cannot" else "",
            }
            cells.append(cell + alarm.get(fixed.kind, ""))
        rows.append([name.removesuffix(".py").replace("_", " "), *cells])

    def total(label: str, folder: str, kind: str) -> list[str]:
        return [label, *(str(sum(results[name, folder, title].kind == kind for name in names)) for title in titles)]

    def median(label: str, field: str) -> list[str]:
        found = [
            [getattr(results[n, "bugs", t], field) for n in names if results[n, "bugs", t].kind == "found"]
            for t in titles
        ]
        return [label, *(f"{statistics.median(each):.3g}" if each else "-" for each in found)]

    rows += [
        total("bugs found", "bugs", "found"), total("**wrong passes**", "bugs", "passed"), total("bugs: unsure", "bugs", "unsure"),
        total("bugs: gave up", "bugs", "gave up"), total("bugs: cannot be run", "bugs", "cannot"),
        total("**false alarms** on the fixed twins", "fixed", "found"), total("twins passed", "fixed", "passed"),
        total("twins: unsure", "fixed", "unsure"), total("twins: gave up", "fixed", "gave up"), total("twins: cannot be run", "fixed", "cannot"),
        median("median schedules to the first failure", "schedules"), median("median CPU seconds to the first failure", "seconds"),
        ["CPU seconds of the cheapest run: the start", *(f"{min(each.seconds for (_, _, t), each in results.items() if t == title):.2f}" for title in titles)],
        [
            "CPU milliseconds a schedule, twins, start included",
            *(rate([results[name, "fixed", title] for name in names]) for title in titles),
        ],
    ]  # fmt: skip
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def rate(outcomes: list[Outcome]) -> str:
    """CPU milliseconds per schedule of the programs that passed."""
    passed = [each for each in outcomes if each.kind == "passed"]
    made = sum(each.schedules for each in passed)
    return f"{1000 * sum(each.seconds for each in passed) / made:.2g}" if made else "-"


if __name__ == "__main__":
    main()
