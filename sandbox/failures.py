"""How a run can fail, and where its tasks stood: plain data."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field

from sandbox.scheduler.engine import Stop
from sandbox.scheduler.schedule import Schedule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from sandbox.program import Place, Run, Standing

MOST_STEPS = 200  # of a failing run, the last ones


@dataclass(slots=True)
class Failure:
    """One way to fail, with the schedule that leads there."""

    kind: str
    schedule: Schedule
    label: str | None = None  # happens | language | overrun
    error: dict[str, Any] | None = None
    tasks: list[dict[str, Any]] = field(default_factory=list)
    cycle: list[int] = field(default_factory=list)
    steps: list[dict[str, Any]] = field(default_factory=list)
    phase: str = "running"  # where the main task's exception comes from: scenario, load, absent, running

    @property
    def signature(self) -> tuple[object, ...]:
        """Equal for the same failure under other schedules."""
        place = self.error["place"] if self.error else None
        return (self.kind, self.error and self.error["type"], place and (place["file"], place["line"]))

    def to_json(self) -> dict[str, Any]:
        """As it stands in the report."""
        return {
            "kind": self.kind, "label": self.label, "error": self.error, "tasks": self.tasks, "cycle": self.cycle,
            "steps": self.steps[-MOST_STEPS:], "phase": self.phase,
            "schedule": self.schedule.to_json(),
        }  # fmt: skip


def failure_of(run: Run, *, late: bool, seed: int) -> Failure | None:
    """What is wrong with one run, if anything."""
    schedule = Schedule.of(run.choices, late=late, seed=seed)
    tasks = [standing_json(task) for task in run.standing]
    waiting = [task for task in run.standing if not task.daemon]
    if run.needs_input and run.errors:
        return Failure("needs_input", schedule)
    if run.stop is Stop.TASKS:
        return Failure("too_big", schedule, tasks=tasks)
    if run.stop is Stop.OUTPUT:
        return Failure("output", schedule, tasks=tasks)
    if run.stop is Stop.DEADLOCK and waiting and not (cycle := cycle_of(run.standing)) and run.errors:
        pass  # who died cannot wake the others: its exception is what happened
    elif run.stop is Stop.DEADLOCK and waiting and not cycle and (pool := full_pool(run.standing)):
        return Failure("deadlock", schedule, tasks=tasks, cycle=pool)
    elif run.stop is Stop.DEADLOCK and waiting:
        missed = any(task.missed and task.kind == "wait" for task in waiting)
        return Failure("deadlock" if cycle or missed else "hang", schedule, tasks=tasks, cycle=cycle)
    if run.errors:
        name, error, trace = run.errors[0]
        return Failure(
            "error", schedule, error=error_json(name, error, trace), phase=run.phase if name == "main" else "running"
        )
    if run.exit_code and run.stop is Stop.DONE:
        return Failure(
            "error",
            schedule,
            error={
                "task": "main",
                "type": "SystemExit",
                "text": str(run.exit_code),
                "place": asdict(run.left) if run.left else None,
                "trace": [asdict(run.left)] if run.left else [],
            },
        )
    if run.stop in (Stop.STEPS, Stop.LOOPS):
        cycle = cycle_of(run.standing)
        kind = "deadlock" if cycle else "endless" if run.is_endless else "too_big"
        return Failure(kind, schedule, tasks=tasks, cycle=cycle)
    return None


def cycle_of(standing: list[Standing]) -> list[int]:
    """Numbers of tasks each of which waits for something the next one owns; empty if there is no such circle."""
    owner = {task.number: task.waits_for for task in standing}
    for start in sorted(owner):
        path, now = [], start
        while now in owner and now not in path:
            path.append(now)
            after = owner[now]
            if after is None:
                break
            now = after
        else:
            if now in path:
                return path[path.index(now) :]
    return []


def full_pool(standing: list[Standing]) -> list[int]:
    """Workers of one executor all of which wait for results that only they could bring."""
    pools: dict[str, list[Standing]] = {}
    for task in standing:
        prefix, underscore, number = task.name.rpartition("_")
        if underscore and number.isdecimal():
            pools.setdefault(prefix, []).append(task)
    for _, workers in sorted(pools.items()):
        if all(task.is_for_result for task in workers):
            return [task.number for task in workers]
    return []


def standing_json(task: Standing) -> dict[str, Any]:
    """One task, for the report."""
    found = asdict(task)
    found["holds"] = list(task.holds)
    return found


def error_json(task: str, error: BaseException, trace: list[Place]) -> dict[str, Any]:
    """An exception, for the report: its text is the program's own, cut."""
    return {
        "task": task,
        "type": str(type(error).__name__),
        "text": text_of(error),
        "place": asdict(trace[-1]) if trace else None,
        "trace": [asdict(place) for place in trace],
    }


def text_of(error: BaseException) -> str:
    """What it says of itself, which its own code decides."""
    try:
        return str.__str__(str(error))[:500]
    except BaseException as broken:
        return f"<its __str__ raised {type(broken).__name__}>"
