"""Whole programs under the scheduler, from the import to the interpreter's end: schedules per CPU second of one core.

lost          two threads add three times each, without a lock        (the 25 steps of the design's targets)
philosophers  five threads take two locks each                        (60)
buffer        two producers and two consumers at one place            (60)
long          two threads read and write one variable fifty times     (200)
cold          two threads compute, each on its own: nothing is shared  (slow-down against the plain run)

`plain` is the same file run in the same process by the interpreter's own threads; `races` is what the race detector costs. Each figure is
the best of several rounds: on a shared machine the others only slow down.
"""

from __future__ import annotations

import contextlib
import io
import time
from pathlib import Path

from sandbox.program import Program
from sandbox.scheduler.races import Races
from sandbox.scheduler.strategies.walk import Walk
from sandbox.search import Search

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

PROGRAMS = Path(__file__).parent / "programs"
ROUNDS, RUNS = 20, 50


def best(once: Callable[[], object], rounds: int = ROUNDS, runs: int = RUNS) -> float:
    """CPU seconds of one call."""
    found = float("inf")
    for _ in range(rounds):
        start = time.process_time()
        for _ in range(runs):
            once()
        found = min(found, (time.process_time() - start) / runs)
    return found


def plain(source: str, runs: int = RUNS) -> float:
    """The file itself."""
    code = compile(source, "main.py", "exec")

    def once() -> None:
        with contextlib.suppress(AssertionError), contextlib.redirect_stdout(io.StringIO()):
            exec(code, {"__name__": "__main__"})

    return best(once, runs=runs)


def main() -> None:
    print(f"{'program':14}{'steps':>7}{'schedules/s':>13}{'x plain':>9}{'races x':>9}")
    for name in ("lost", "philosophers", "buffer", "long"):
        source = (PROGRAMS / f"{name}.py").read_text(encoding="utf-8")
        program = Program({"main.py": source}, "main.py")
        walk = Walk(0, 10**9)
        steps = []

        def once(program: Program = program, walk: Walk = walk, steps: list[int] = steps, **more: Races) -> None:
            walk.begin()
            steps.append(program.once(walk, **more).engine.count)

        with program:
            best(once, rounds=2)
            seconds = best(once)
            count = sum(steps) / len(steps)
            races = Races(program.sites)
            raced = best(lambda: once(observer=races))  # noqa: B023 - called at once
        print(f"{name:14}{count:7.0f}{1 / seconds:13.0f}{seconds / plain(source):9.1f}{raced / seconds:9.2f}")
    cold()


def cold() -> None:
    """A run of the search after its first ones, against the plain run."""
    source = (PROGRAMS / "cold.py").read_text(encoding="utf-8")
    program = Program({"main.py": source}, "main.py")
    Search(program, schedules=20).explore()
    walk = Walk(0, 10**9)

    def once() -> None:
        walk.begin()
        program.once(walk, lean=True)

    with program:
        lean = best(once, rounds=10, runs=2)
    bare = plain(source, runs=2)
    print(f"\ncold: {lean / bare:.2f} times the plain run, {len(program.left_out)} of its sites left out")


if __name__ == "__main__":
    main()
