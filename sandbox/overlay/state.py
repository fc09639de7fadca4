"""What belongs to one run: serial numbers, output, errors, notes. One object, emptied before every run."""

from __future__ import annotations

from sandbox.protocol import dump_value
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
        self.died: list[
            tuple[Task, BaseException]
        ] = []  # of a scenario's `together`, which raises it when all have ended
        self.notes: dict[str, None] = {}  # an ordered set
        self.needs_input = False
        self.exit_code = 0
        self.stack_size = 0
        self.waited_for: list[Task] = []  # not daemons: the interpreter waits for them
        self.main_ended = False
        self.main_handle: Any = None
        self.watch: frozenset[str] = frozenset()  # kinds of events that are kept
        self.events: list[dict[str, Any]] = []
        self.labels: dict[int, tuple[object, list[str]]] = {}  # by the lock's id: the lock, kept alive, and its names
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


def record(kind: str, about: Any, **facts: Any) -> None:
    """An event of the current task, as plain data, if its kind is watched. What is recorded has one order, so it depends on all other events."""
    active = engine.active
    if kind not in run.watch or active is None or active.current is None or active.is_killing:
        return
    active.effect(engine.EVENTS)
    run.events.append({
        "kind": kind, "task": title(active.current), "about": dump_value(about), "holds": labels_held(active.current),
        "facts": {name: dump_value(value) for name, value in facts.items()},
    })  # fmt: skip


def labels_held(task: Task) -> list[str]:
    """Names that a scenario gave to the locks a task holds, sorted."""
    return sorted({name for lock in task.held for name in run.labels.get(id(lock), (None, ()))[1]})


def title(task: Task) -> str:
    """A task by who started it and in which order: "main", "thread 1", "thread 1, thread 2": the same in real runs."""
    if task.parent is None:
        return "main"
    if not task.title:
        active = engine.active
        assert active is not None
        number = sum(1 for other in active.tasks[: task.number] if other.parent is task.parent) + 1
        task.title = f"thread {number}" if task.parent.number == 0 else f"{title(task.parent)}, thread {number}"
    return task.title


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
