"""The bare engine: schedules per second and CPU second of programs made of its operations alone, no overlay, no rewriting.

25     two tasks add to a counter three times each, without a lock
60     three tasks add four times each, under a lock
200    four tasks add ten times each, under a lock
"""

from __future__ import annotations

import gc
import time

from sandbox.scheduler import engine
from sandbox.scheduler.races import Races
from sandbox.scheduler.rounds import rounds
from sandbox.scheduler.strategies.dpor import Dpor
from sandbox.scheduler.strategies.walk import Walk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable


class Lock:
    """As the overlay's, without names."""

    def __init__(self):
        self.owner = None

    def is_free(self):
        return self.owner is None

    def acquire(self):
        run = engine.active
        run.point("acquire", self, True, 0, self.is_free)
        self.owner = run.current
        if run.observer is not None:
            run.observer.acquired(run.current, self)

    def release(self):
        run = engine.active
        if run.observer is not None and not run.is_killing:
            run.observer.released(run.current, self)
        self.owner = None
        run.effect(self)


def adding(tasks: int, times: int, *, locked: bool) -> Callable[[], None]:
    """So many tasks add so often to one counter."""

    def main():
        counter = [0]
        lock = Lock()
        run = engine.active

        def access(write):
            run.point("write" if write else "read", "counter", write, 1)
            if run.observer is not None:
                run.observer.accessed(run.current, "counter", write, 1)

        def work():
            for _ in range(times):
                if locked:
                    lock.acquire()
                access(False)
                value = counter[0]
                access(True)
                counter[0] = value + 1
                if locked:
                    lock.release()

        for task in [run.spawn(work) for _ in range(tasks)]:
            run.point("join", task, False, 0, lambda task=task: task.done)

    return main


PROGRAMS = {
    "25": adding(3, 3, locked=False),
    "60": adding(4, 4, locked=True),
    "200": adding(6, 10, locked=True),
}


def rate(main: Callable[[], None], strategy, seconds: float = 1.0, **more: object) -> tuple[float, float]:
    """Schedules per CPU second, and steps in each."""
    gc.collect()
    gc.disable()
    runs = steps = 0
    start = time.process_time()
    try:
        for run in rounds(main, strategy, **more):
            runs += 1
            steps += len(run.choices)
            if time.process_time() - start > seconds:
                break
    finally:
        gc.enable()
    return runs / (time.process_time() - start), steps / runs


class NoSites:
    """Every access is of the same kind."""

    kind, line, is_atomic, role = "global", 1, False, ""

    def __getitem__(self, number: int):
        return self


def main() -> None:
    print(f"{'program':10}{'steps':>8}{'walk /s':>10}{'recorded':>10}{'races':>10}{'races x':>9}{'dpor /s':>10}")
    for name, program in PROGRAMS.items():
        plain, steps = max(rate(program, Walk(0, 10**9)) for _ in range(3))
        kept, _ = rate(program, Walk(0, 10**9), keep=True)
        raced, _ = max(rate(program, Walk(0, 10**9), observer=Races(NoSites())) for _ in range(3))
        reduced, _ = rate(program, Dpor())
        print(f"{name:10}{steps:8.1f}{plain:10.0f}{kept:10.0f}{raced:10.0f}{plain / raced:9.2f}{reduced:10.0f}")


if __name__ == "__main__":
    main()
