"""One thread of control and the operation it has announced but not done yet."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


def nothing() -> None:
    """What a task that is over still has to do."""


class Task:
    """`number` counts from 0 (the main task) in order of creation.

    The announced operation is `kind` on `key`, a write or not, at `site`. A `key` of None conflicts with nothing (a pure yield), the
    engine's `ANYTHING` with everything. `ready` None: it can be done at once; else it can when `ready()` is true, or when the clock has
    come to `deadline` (then it has timed out).
    """

    __slots__ = (
        "aborts", "clock", "daemon", "deadline", "done", "early", "error", "finish", "function", "held", "key", "kind", "local", "name",
        "number", "parent", "quiet", "random", "ready", "run", "site", "taken", "title", "visible", "where", "write",
    )  # fmt: skip

    def __init__(self, number: int, function: Callable[[], object], parent: Task | None) -> None:
        self.number = number
        self.function = function
        self.parent = parent
        self.name = "main" if number == 0 else f"task {number}"
        self.daemon = False
        self.taken: dict[int, int] = {}  # of the overlay: how often it took which lock
        self.title = ""  # of the overlay: who started it, and in which order
        self.done = False
        self.error: BaseException | None = None
        self.finish: list[Callable[[], None]] = []  # called as the last thing the task does
        self.run: Any  # its greenlet
        self.kind = "begin"
        self.key: object = None
        self.write = False
        self.site = 0
        self.ready: Callable[[], bool] | None = None
        self.deadline: float | None = None
        self.visible = 0  # steps done
        self.where: object = None  # what the engine's `look` said at the announcement
        self.quiet = (
            0  # while above 0 it is not switched away from unless it has to wait (imports, the overlay's own work)
        )
        self.aborts = 0
        self.held: list[Any] = []  # what it holds, in the order of acquiring
        self.clock: dict[int, int] = {}  # the race detector's vector clock
        self.local: dict[Any, Any] = {}  # of the overlay
        self.random: Any = None  # the overlay's stream of this task

    def let_go(self) -> None:
        """The run is over: no circles of references are left for the garbage collector."""
        self.run = None
        self.ready = None
        self.function = nothing
        self.finish.clear()
        self.local.clear()

    def __repr__(self) -> str:
        key = self.key.name if isinstance(self.key, Task) else repr(self.key)
        return f"<{self.name}: {self.kind} {key}>"
