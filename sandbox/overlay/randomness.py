"""`random`: the functions of the module draw from one stream a task, so that who draws what does not depend on the schedule."""

from __future__ import annotations

import random as real

from sandbox.overlay.state import current, run

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Stream(real.Random):
    """Dispatches to the current task's own generator; everything else of `Random` is built upon these."""

    def random(self) -> float:
        return mine().random()

    def getrandbits(self, k: int, /) -> int:
        return mine().getrandbits(k)

    def seed(self, a: Any = None, version: int = 2) -> None:  # noqa: ARG002 - as Random's
        """The main task's stream becomes exactly `Random(a)`; the streams of all others follow from it."""
        run.streams.clear()
        run.stream_seed = a

    def getstate(self) -> Any:
        return mine().getstate()

    def setstate(self, state: Any) -> None:
        mine().setstate(state)

    @property
    def gauss_next(self) -> float | None:
        return mine().gauss_next  # type: ignore[attr-defined, no-any-return]

    @gauss_next.setter
    def gauss_next(self, value: float | None) -> None:
        mine().gauss_next = value  # type: ignore[attr-defined]


def mine() -> real.Random:
    """The stream of the current task."""
    task = current()
    number = 0 if task is None else task.number
    stream = run.streams.get(number)
    if stream is None:
        seed = run.stream_seed
        stream = real.Random(f"{run.seed}:{seed!r}:{number}" if number or seed is None else seed)
        run.streams[number] = stream
    return stream


def urandom(size: int, /) -> bytes:
    """`os.urandom`: as hard to foresee for the program, and the same in every run."""
    task = current()
    number = 0 if task is None else task.number
    if number not in run.system:
        run.system[number] = real.Random(f"{run.seed}:system:{number}")
    return run.system[number].randbytes(size)


def install(random: Any) -> None:
    """Replace the shared generator of the copy and the seeds of new ones."""
    shared = Stream()
    random._inst = shared
    random._urandom = urandom  # of SystemRandom
    for name in random.__all__:
        if name[0].islower() and hasattr(shared, name):
            setattr(random, name, getattr(shared, name))

    class Random(real.Random):
        """A generator of the program's own; without a seed it gets one that is the same in every run."""

        def seed(self, a: Any = None, version: int = 2) -> None:
            if a is None:
                task = current()
                run.generators += 1
                a = f"{run.seed}:{0 if task is None else task.number}:own {run.generators}"
            super().seed(a, version)

    Random.__module__, Random.__qualname__ = "random", "Random"
    random.Random = Random
