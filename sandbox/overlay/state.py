"""What belongs to one run: serial numbers, output, errors, notes. One object, emptied before every run."""

from __future__ import annotations

from sandbox.scheduler import engine

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random
    from typing import Any

    from sandbox.scheduler.task import Task

FIRST_IDENT = 1000  # of the main task; others follow


class Run:
    """`probed`: the program looks at whether a lock is held or a thread is alive without waiting, so releases and ends are steps."""

    def __init__(self) -> None:
        self.probed = True
        self.hashes = 0
        self.reset(0, "")

    def reset(self, seed: int | str, stdin: str) -> None:
        """Nothing of the run before stays. `hashes` goes on from what was made while loading."""
        self.seed: object = seed
        self.stdin = stdin
        self.made = self.hashes
        self.generators = 0
        self.streams: dict[int, Random] = {}  # by task
        self.system: dict[int, Random] = {}  # by task: what the operating system's generator would give
        self.stream_seed: Any = None  # what the program gave to random.seed
        self.unread_clock = 0
        self.last_time = 0.0
        self.output: list[tuple[int, str, str]] = []
        self.printed = 0
        self.errors: list[tuple[Task, BaseException]] = []
        self.notes: dict[str, None] = {}  # an ordered set
        self.needs_input = False
        self.exit_code = 0
        self.stack_size = 0
        self.waited_for: list[Task] = []  # not daemons: the interpreter waits for them
        self.main_ended = False
        self.main_handle: Any = None
        self.at_exit: list[tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any]]] = []

    def serial(self) -> int:
        """A number that stands for an address: of locks, threads, futures, in the order they are made."""
        self.made += 1
        return self.made


run = Run()


def current() -> Task | None:
    """The task that runs, or None outside runs."""
    active = engine.active
    return None if active is None else active.current


def is_killing() -> bool:
    """The run is over and its tasks are unwound."""
    active = engine.active
    return active is not None and active.is_killing


def deadline_after(timeout: float | None) -> float | None:
    """On the engine's clock."""
    active = engine.active
    if timeout is None or active is None:
        return None
    return active.now + max(0, timeout)


def address(serial: int) -> str:
    """What a repr shows as the place of an object."""
    return f"0x{0x7F0000000000 + 16 * serial:x}"


class Edge:
    """Something that orders tasks and is no lock: what the observer is told of."""

    __slots__ = ("__weakref__",)


def acquired(thing: object) -> None:
    """What happened before `released(thing)` happened before what the current task does next."""
    active = engine.active
    if active is not None and active.observer is not None and active.current is not None:
        active.observer.acquired(active.current, thing)


def released(thing: object) -> None:
    """See `acquired`."""
    active = engine.active
    if active is not None and active.observer is not None and active.current is not None:
        active.observer.released(active.current, thing)


def passed(thing: object) -> None:
    """Joins what others released before: `released` alone would forget them."""
    acquired(thing)
    released(thing)
