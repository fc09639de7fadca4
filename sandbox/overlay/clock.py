"""`time` on the engine's clock: it starts at the same moment in every run and moves when tasks sleep, never by itself.

Reading it takes a microsecond, so that no two readings are equal; a program that does nothing but read it sees it move faster and faster.
"""

from __future__ import annotations

import time as real
import types

from sandbox.overlay.native import Native
from sandbox.overlay.state import run
from sandbox.scheduler import engine

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

EPOCH = 1_700_000_000.0  # what time() says at the start of every run
TICK = 1e-6
PATIENCE = 300  # readings without any other movement of the clock before it speeds up
SLOWEST = 0.02  # seconds a reading takes at most


def reading() -> float:
    """Seconds since the start of the run."""
    active = engine.active
    if active is None:
        return run.last_time
    if active.now != run.last_time:
        run.unread_clock = 0
    run.unread_clock += 1
    over = run.unread_clock - PATIENCE
    active.now += TICK if over < 0 else min(SLOWEST, TICK * 1.05 ** min(over, 500))
    run.last_time = active.now
    active.effect(engine.CLOCK)  # what a program does with the time depends on every sleep
    return active.now


def sleep(seconds: Any, /) -> None:
    active = engine.active
    if not hasattr(seconds, "__float__") and not hasattr(seconds, "__index__"):
        raise TypeError(f"'{type(seconds).__name__}' object cannot be interpreted as an integer")
    length = float(seconds)
    if length != length:  # noqa: PLR0124 - not a number
        raise ValueError("Invalid value NaN (not a number)")
    if length < 0:
        raise ValueError("sleep length must be non-negative")
    if active is not None:
        active.point("sleep", None, False, 0, None, active.now + length)


def time() -> float:
    return EPOCH + reading()


def time_ns() -> int:
    return int(EPOCH) * 1_000_000_000 + round(reading() * 1e9)


def monotonic() -> float:
    return 1000.0 + reading()


def monotonic_ns() -> int:
    return 1_000_000_000_000 + round(reading() * 1e9)


def process_time() -> float:
    return reading()


def process_time_ns() -> int:
    return round(reading() * 1e9)


def perf_counter() -> float:
    return monotonic()


def perf_counter_ns() -> int:
    return monotonic_ns()


def thread_time() -> float:
    return process_time()


def thread_time_ns() -> int:
    return process_time_ns()


def localtime(seconds: float | None = None, /) -> real.struct_time:
    return real.localtime(time() if seconds is None else seconds)


def gmtime(seconds: float | None = None, /) -> real.struct_time:
    return real.gmtime(time() if seconds is None else seconds)


def ctime(seconds: float | None = None, /) -> str:
    return real.ctime(time() if seconds is None else seconds)


def asctime(moment: Any = None, /) -> str:
    return real.asctime(localtime() if moment is None else moment)


def strftime(form: str, moment: Any = None, /) -> str:
    return real.strftime(form, localtime() if moment is None else moment)


def build() -> types.ModuleType:
    """The module that takes the place of `time`."""
    module = types.ModuleType("time", real.__doc__)
    module.__dict__.update({name: value for name, value in vars(real).items() if not name.startswith("__")})
    module.__spec__ = real.__spec__
    for function in (
        sleep, time, time_ns, monotonic, monotonic_ns, perf_counter, perf_counter_ns, process_time, process_time_ns, thread_time,
        thread_time_ns, localtime, gmtime, ctime, asctime, strftime,
    ):  # fmt: skip
        if hasattr(real, function.__name__):
            documented = getattr(real, function.__name__).__doc__
            setattr(module, function.__name__, Native("time", function, documented))
    return module
