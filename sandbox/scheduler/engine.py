"""The engine: tasks that announce operations, a clock, and a strategy that says who goes on.

A task runs until it announces its next operation with `point`; then the strategy picks one of the tasks whose operation can be done,
and that one goes on. Between two points nothing else runs, so a point belongs before every access of shared state, and nowhere else.

All tasks are greenlets in one OS thread. A run is a function of the program and of the strategy's choices alone: no wall clock, no
address, no hash order takes part.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from greenlet import getcurrent, greenlet

from sandbox.scheduler.task import Task

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any, NoReturn, Protocol

    class Strategy(Protocol):
        """Who goes on. One object explores a whole program: `begin`, a run, `begin`, a run, ... until `begin` says no."""

        def begin(self) -> bool:
            """Prepare for the next run; False when there is none left to make."""

        def choose(self, engine: Engine, enabled: Sequence[Task]) -> Task | None:
            """One of `enabled` (two or more, by number), or None: this run leads nowhere new."""

        def end(self, engine: Engine) -> None:
            """The run is over; its `steps` and `blocked` can be read."""

    class Observer(Protocol):
        """What wants to know of everything that orders tasks, and of every access: the race detector, a recorder."""

        def forked(self, parent: Task | None, child: Task) -> None: ...
        def acquired(self, task: Task, thing: Any) -> None:
            """What happened before the last `released` of `thing` happened before what follows."""

        def released(self, task: Task, thing: Any) -> None: ...
        def accessed(self, task: Task, key: object, write: bool, site: int) -> None: ...


class Stop(StrEnum):
    """Why a run ended."""

    DONE = "done"  # the main task and all tasks it has to wait for are through
    DEADLOCK = "deadlock"  # nobody can go on, and the clock can bring nobody back
    STEPS = "steps"  # the budget of steps is used up
    LOOPS = "loops"  # the budget of loop passes is used up
    TASKS = "tasks"  # more tasks than allowed
    OUTPUT = "output"  # more printed than allowed
    PRUNED = "pruned"  # the strategy wanted no more of this run
    UNSUPPORTED = "unsupported"  # something was met that no schedule decides about
    DIVERGED = "diverged"  # a replay met another program than the one recorded


@dataclass(frozen=True, slots=True)
class Limits:
    """Of one run. Counts, never seconds."""

    steps: int = 20_000
    loops: int = 3_000_000
    tasks: int = 200
    early: int = 30  # sleeps and timeouts that may be overrun (late-wake)
    poll: int = 400  # steps without a timer before the clock moves by itself
    turns: int = 400  # picks of one task in a row while others wait


class Abort(BaseException):
    """Unwinds a task whose run is over."""


class Key:
    """A key that stands for no object of the program."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return self.name


ANYTHING = Key("anything")
"""The key of an operation about which nothing is known: it conflicts with every other."""
CLOCK = Key("clock")
"""The engine's clock; an `effect` of steps that read it."""
SPAWN = Key("spawn")
"""The numbering of tasks: an effect of every step that makes one."""
EVENTS = Key("events")
"""What is noted, in one order: whoever notes something comes before or after whoever else does."""
active: Engine | None = None
"""The engine whose run is going on; None between runs."""


@dataclass(slots=True)
class Step:
    """One step as a strategy or a report sees it afterwards."""

    task: int
    kind: str
    key: object
    write: bool
    site: int
    enabled: tuple[int, ...]
    early: bool  # a sleep or timeout that was overrun
    where: object = None  # what `Engine.look` said when the operation was announced
    held: tuple[object, ...] = ()  # what the task held then
    blocking: bool = False  # it had a condition
    timed: bool = False  # it had a deadline
    moved: bool = False  # the clock moved before it, because nobody could go on
    also: list[object] = field(
        default_factory=list
    )  # keys that it wrote besides: locks released, tasks made, the task's own end


class Engine:
    """One run of one program. `late`: sleeps and timeouts may end before whatever else can happen (bounded by `limits.early`).

    `keep` records every step, for strategies that look back and for reports; without it only `choices` is recorded. `may_switch` is
    asked at every step (site 0 where it is no access) and says whether an access is a switch point; without it all are. Accesses at sites
    that are `still` are steps, so that a schedule counts them, and no choices.
    """

    def __init__(
        self,
        strategy: Strategy,
        *,
        late: bool = False,
        limits: Limits | None = None,
        observer: Observer | None = None,
        keep: bool = False,
        may_switch: Callable[[Task, int], bool] | None = None,
        still: frozenset[int] = frozenset(),
    ) -> None:
        self.strategy = strategy
        self.late = late
        self.limits = limits or Limits()
        self.observer = observer
        self.keep = keep
        self.may_switch = may_switch
        self.still = still
        self.tasks: list[Task] = []
        self.live: list[Task] = []
        self.current: Task | None = None
        self.now = 0.0
        self.count = 0  # steps so far
        self.loops = 0
        self.switches = 0
        self.early = 0
        self.polls = 0  # times the clock moved although somebody could go on
        self.choices: list[int] = []  # number of the task that did each step
        self.steps: list[Step] = []
        self.stop: Stop | None = None
        self.blocked: list[tuple[int, str, object, bool, int]] = []  # what unfinished tasks wanted at the end
        self.is_killing = False
        self.pinned: list[object] = []  # kept alive, so that no id is given twice in a run
        self.accesses: Any = None  # of the rewriter's run-time half
        self.is_thinned = False  # something that is a step was passed without one
        self._forced: Task | None = None
        self._since_timer = 0
        self._moved = False
        self._turns = 0
        self._hub: greenlet
        self.look: Callable[[], object] | None = (
            None  # called at every announcement, for reports: where the program stands
        )
        self.at_end: Callable[[Engine], None] | None = None  # called while the tasks still stand where they stopped

    # -- what the overlay calls ---------------------------------------------------------------------------------------

    def spawn(self, function: Callable[[], object]) -> Task:
        """A new task, ready to begin. Above the limit the run ends."""
        task = Task(len(self.tasks), function, self.current)
        self.tasks.append(task)
        self.live.append(task)
        if self.observer is not None:
            self.observer.forked(self.current, task)
        self.effect(task)
        self.effect(SPAWN)
        task.run = greenlet(lambda: self._body(task), self._hub)
        if len(self.tasks) > self.limits.tasks + 1:
            self._finish(Stop.TASKS)
            self.point("end", None)
        return task

    def point(
        self,
        kind: str,
        key: object,
        write: bool = True,
        site: int = 0,
        ready: Callable[[], bool] | None = None,
        deadline: float | None = None,
    ) -> bool:
        """Announce the current task's next operation and let the strategy choose; returns when it is this task's turn.

        True: it can be done now. False: `deadline` came first.
        """
        task = self.current
        assert task is not None
        if self.is_killing:
            self._abort(task)
        if task.quiet and self._forced is None and self.stop is None and kind != "sleep" and (ready is None or ready()):
            if write and key is not None:
                self.effect(key)
            return True
        if self.may_switch is not None and not self.may_switch(task, site):
            return True
        if site and site in self.still and self.count < self.limits.steps:
            self.count += 1
            task.visible += 1
            self.choices.append(task.number)
            return True
        task.kind = kind
        task.key = key
        task.write = write
        task.site = site
        task.ready = ready
        task.deadline = deadline
        if self.look is not None:
            task.where = self.look()
        chosen = self._pick()
        if chosen is not task:
            self.switches += 1
            if chosen is None:
                self._hub.switch()
            else:
                self.current = chosen
                chosen.run.switch()
            if self.is_killing:
                self._abort(task)
        return ready is None or ready()

    def effect(self, key: object) -> None:
        """What the current step did besides its operation, as a write of `key`: released a lock, ended a task. No choice, but an order."""
        if self.keep and self.steps:
            self.steps[-1].also.append(key)

    def hand_over(self, to: Task) -> None:
        """Let `to` go on without a choice; the current task can go on again at any later point."""
        self._forced = to
        self.point("begin", None, False)

    def loop(self, passes: int = 1) -> None:
        """So many passes of a loop. The clock moves and others get their turn while a task only loops."""
        every = 10 * self.limits.poll
        before = self.loops // every
        self.loops += passes
        if self.loops > self.limits.loops:
            self._finish(Stop.LOOPS)
            self.point("end", None)
        elif self.loops // every != before:
            self._since_timer = self.limits.poll
            self.point("loop", None, False)

    # -- the run --------------------------------------------------------------------------------------------------------

    def run(self, main: Callable[[], object]) -> Stop:
        """Run `main` as task 0 until the program is through, or cannot go on, or its budget is."""
        global active
        assert active is None, "one run at a time"
        active = self
        try:
            self._hub = getcurrent()
            self.spawn(main)
            self.current = None
            while (task := self._pick()) is not None:
                self.current = task
                task.run.switch()
            self.blocked = [(t.number, t.kind, t.key, t.write, t.site) for t in self.live]
            if self.at_end is not None:
                self.at_end(self)
            self.strategy.end(self)
            self._kill()
            for task in self.tasks:
                task.let_go()
        finally:
            active = None
        assert self.stop is not None
        return self.stop

    def _body(self, task: Task) -> None:
        try:
            if self.is_killing:
                return
            task.function()
        except Abort:
            pass
        except BaseException as error:
            if not self.is_killing:
                task.error = error
        task.done = True
        self.live.remove(task)
        if not self.is_killing:
            for call in task.finish:
                call()
            self.effect(task)
            if task.number == 0:
                self._finish(Stop.DONE)

    def _finish(self, stop: Stop) -> None:
        if self.stop is None:
            self.stop = stop

    def _pick(self) -> Task | None:
        if self.stop is not None:
            return None
        if self._forced is not None:
            task, self._forced = self._forced, None
            return task
        self.count += 1
        if self.count > self.limits.steps:
            self._finish(Stop.STEPS)
            return None
        enabled = self._enabled()
        if not enabled:
            self._finish(Stop.DEADLOCK)
            return None
        current = self.current
        chosen: Task | None
        if len(enabled) == 1:
            chosen = enabled[0]
        elif self._turns > self.limits.turns and current in enabled:
            place = enabled.index(current)
            chosen = enabled[(place + 1) % len(enabled)]
        else:
            chosen = self.strategy.choose(self, enabled)
            if chosen is None:
                self._finish(Stop.PRUNED)
                return None
        self._turns = self._turns + 1 if chosen is current else 0
        early = False
        if chosen.ready is not None or chosen.kind == "sleep":
            deadline = chosen.deadline
            if deadline is not None and deadline > self.now and (chosen.ready is None or not chosen.ready()):
                self.now = deadline
                self.early += 1
                self._since_timer = 0
                early = True
        chosen.visible += 1
        self.choices.append(chosen.number)
        if self.keep:
            self.steps.append(
                Step(
                    chosen.number,
                    chosen.kind,
                    chosen.key,
                    chosen.write,
                    chosen.site,
                    tuple(t.number for t in enabled),
                    early,
                    chosen.where,
                    tuple(chosen.held) if self.look is not None else (),
                    chosen.ready is not None,
                    chosen.deadline is not None,
                    self._moved,
                )
            )
        return chosen

    def _enabled(self) -> list[Task]:
        """Tasks whose operation can be done, by number. The clock moves when there are none, and when a task only polls."""
        late = self.late and self.early < self.limits.early
        self._moved = False
        self._since_timer += 1
        if self._since_timer > self.limits.poll:
            self._since_timer = 0
            self.polls += self._to_next_deadline()
        while True:
            now = float("inf") if late else self.now
            enabled = []
            for task in self.live:
                deadline = task.deadline
                if (deadline is not None and deadline <= now) or (
                    task.ready() if task.ready is not None else deadline is None
                ):
                    enabled.append(task)
            if enabled or not self._to_next_deadline():
                return enabled
            self._since_timer = 0

    def _to_next_deadline(self) -> bool:
        deadlines = [t.deadline for t in self.live if t.deadline is not None and t.deadline > self.now]
        if not deadlines:
            return False
        self.now = min(deadlines)
        self._moved = True
        return True

    def end(self, stop: Stop) -> None:
        """End the run from inside a task."""
        self._finish(stop)
        self.point("end", None)

    def _abort(self, task: Task) -> NoReturn:
        """Unwinds `task`; one that swallows it over and over is left standing."""
        task.aborts += 1
        if task.aborts > 20 and not task.aborts % 20:
            self._hub.switch()
        raise Abort

    def _kill(self) -> None:
        """Unwind whoever is left. A task that swallows the abort and goes on is dropped after a few tries."""
        self.is_killing = True
        for task in list(self.live):
            for _ in range(20):
                if task.done:
                    break
                self.current = task
                task.run.switch()
