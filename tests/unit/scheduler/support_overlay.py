"""Programs given as source, run on the overlay under orders that are drawn, enumerated or given."""

from __future__ import annotations

import random
import sys
from contextlib import contextmanager
from dataclasses import dataclass, field

from sandbox.overlay import Overlay
from sandbox.scheduler import engine
from sandbox.scheduler.engine import Engine, Limits, Stop

_overlays = {}


def overlay(one_step=True):
    """The one of this process."""
    if one_step not in _overlays:
        _overlays[one_step] = Overlay(one_step=one_step)
    return _overlays[one_step]


@contextmanager
def installed(one_step=True):
    one = overlay(one_step)
    one.install()
    try:
        yield one
    finally:
        one.remove()


class Walk:
    """Any of those who can go on."""

    def __init__(self, seed):
        self.random = random.Random(seed)

    def begin(self):
        return True

    def choose(self, _engine, enabled):
        return self.random.choice(enabled)

    def end(self, _engine):
        pass


class First:
    """Whoever ran last goes on; else the lowest number."""

    def begin(self):
        return True

    def choose(self, eng, enabled):
        return eng.current if eng.current in enabled else enabled[0]

    def end(self, _engine):
        pass


class Enumerate:
    """Every order, one a run."""

    def __init__(self):
        self.path = []  # [chosen, of]
        self.exhausted = False

    def begin(self):
        self.at = 0
        return not self.exhausted

    def choose(self, _engine, enabled):
        if self.at == len(self.path):
            self.path.append([0, len(enabled)])
        chosen, of = self.path[self.at]
        assert of == len(enabled), "another program than before"
        self.at += 1
        return enabled[chosen]

    def end(self, _engine):
        while self.path and self.path[-1][0] + 1 == self.path[-1][1]:
            self.path.pop()
        if self.path:
            self.path[-1][0] += 1
        else:
            self.exhausted = True


@dataclass
class Ran:
    stop: Stop
    output: str
    errors: list
    choices: list
    space: dict
    exit_code: int
    blocked: list
    steps: list = field(default_factory=list)
    needs_input: bool = False
    notes: tuple = ()
    owners: dict = field(default_factory=dict)  # task -> whose lock it waits for

    @property
    def stdout(self):
        return "".join(text for _, stream, text in self.output if stream == "stdout")

    @property
    def stderr(self):
        return "".join(text for _, stream, text in self.output if stream == "stderr")


HELPER = """
from sandbox.scheduler import engine as _engine
_cells = {}
def touch(name, write=True):
    if _engine.active is not None:
        _engine.active.point("write" if write else "read", name, write)
"""


def run_once(
    source,
    strategy,
    *,
    late=False,
    stdin="",
    seed=0,
    keep=False,
    limits=None,
    observer=None,
    probed=True,
    one_step=True,
):
    """One run of `source` as a main program. The overlay must be installed."""
    one = overlay(one_step)
    one.reset(seed, stdin)
    one.probed = probed
    space = {"__name__": "__main__"}
    exec(HELPER, space)
    code = source if not isinstance(source, str) else compile(source, "program.py", "exec")
    eng = Engine(strategy, late=late, keep=keep, limits=limits or Limits(), observer=observer)
    owners = {}
    eng.at_end = lambda at: owners.update(
        {task.number: task.key.taken_by.number for task in at.live if getattr(task.key, "taken_by", None) is not None}
    )
    try:
        stop = eng.run(lambda: one.run_main(lambda: exec(code, space)))
    finally:
        engine.active = None
    if eng.tasks[0].error is not None:
        raise eng.tasks[0].error
    return Ran(
        stop, list(one.output), [(task.number, error) for task, error in one.errors], eng.choices, space, one.exit_code, eng.blocked,
        eng.steps, one.needs_input, one.notes, owners,
    )  # fmt: skip


def runs(source, count=60, **options):
    """`source` under `count` random orders."""
    with installed(options.get("one_step", True)):
        code = compile(source, "program.py", "exec")
        return [run_once(code, Walk(seed), **options) for seed in range(count)]


def outcomes(source, most=60_000, **options):
    """Every (stop, `result`) that some order leads to."""
    found = set()
    strategy = Enumerate()
    with installed(options.get("one_step", True)):
        code = compile(source, "program.py", "exec")
        while strategy.begin():
            ran = run_once(code, strategy, **options)
            found.add(
                (str(ran.stop), repr(ran.space.get("result")), tuple(sorted(repr(error) for _, error in ran.errors)))
            )
            most -= 1
            assert most, f"too many orders; {found}"
    return found


def say(text):
    sys.__stdout__.write(text)
