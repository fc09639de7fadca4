"""The overlay as a whole: in place or not, emptied before every run."""

from __future__ import annotations

import builtins
import functools
import gc
import importlib
import os
import sys

from sandbox.overlay import ending, files, futures, imports, logs, pools, randomness, refused, stage, threads
from sandbox.overlay.loading import Copies
from sandbox.overlay.native import Native
from sandbox.overlay.state import is_killing, run
from sandbox.overlay.streams import Input, Output
from sandbox.scheduler.engine import Abort

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import ModuleType
    from typing import Any

    from sandbox.scheduler.task import Task

GARBAGE = 20_000  # objects made and not freed before cyclic garbage is collected, between runs


class Overlay:
    """One in a process. `install`, then for every run `reset` and `Engine(...).run(lambda: overlay.run_main(program))`, then `remove`."""

    def __init__(self, *, one_step: bool = True) -> None:
        self._copies = Copies(one_step=one_step)
        modules: Mapping[str, Any] = self._copies.modules
        self._modules = modules
        self._threading = modules["threading"]
        self.stage = stage.build(self._threading)
        self._saved: list[tuple[Any, str, Any]] = []
        self._was_collecting = False
        run.hashes = 0x1000  # above whatever was made while loading, on every version the same
        self.is_installed = False

    @property
    def modules(self) -> Mapping[str, ModuleType | None]:
        """What `import` finds while the overlay is in place."""
        return self._copies.modules

    def install(self) -> None:
        """Put the modules, streams and hooks into place. Cyclic garbage is collected between runs only."""
        assert not self.is_installed
        self._copies.install()
        real_import = builtins.__import__
        hooks: list[tuple[Any, str, Any]] = [
            (sys, "stdout", Output("stdout")),
            (sys, "stderr", Output("stderr")),
            (sys, "stdin", Input("")),
            (sys, "unraisablehook", unraisable),
            (sys, "excepthook", sys.__excepthook__),
            (builtins, "__import__", imports.quiet(real_import)),
            (importlib, "import_module", imports.quiet(importlib.import_module)),
            (functools, "RLock", self._threading.RLock),
            (os, "urandom", Native("posix" if os.name == "posix" else "nt", randomness.urandom, os.urandom.__doc__)),
        ]
        hooks += files.HOOKS
        hooks += refused.hooks()
        self._saved = [(where, name, getattr(where, name)) for where, name, _ in hooks]
        for where, name, value in hooks:
            setattr(where, name, value)
        self._was_collecting = gc.isenabled()
        gc.collect()
        gc.disable()
        gc.freeze()
        self.is_installed = True

    def remove(self) -> None:
        """Put everything back."""
        for where, name, value in reversed(self._saved):
            setattr(where, name, value)
        self._copies.remove()
        gc.unfreeze()
        if self._was_collecting:
            gc.enable()
        self.is_installed = False

    def reset(self, seed: int | str = 0, stdin: str = "", watch: frozenset[str] = frozenset()) -> None:
        """Before every run: nothing of the run before stays, and none of its finalisers runs inside the next."""
        if gc.get_count()[0] > GARBAGE:
            gc.collect()
        run.reset(seed, stdin)
        run.watch = watch
        self._copies.restore()
        threads.reset(self._threading)
        futures.reset(self._modules["concurrent.futures.thread"])
        pools.reset(self._modules, self._threading)
        logs.reset(self._modules["logging"])
        if self.is_installed:
            sys.stdout, sys.stderr, sys.stdin = Output("stdout"), Output("stderr"), Input(stdin)

    def run_main(self, function: Callable[[], object]) -> None:
        """`function` and then what the interpreter does at its end. Runs as the main task."""
        ending.run_main(
            function,
            self._threading,
            (
                lambda: futures.close_all(self._modules["concurrent.futures.thread"]),
                lambda: pools.finish(self._modules),
                lambda: logs.finish(self._modules["logging"]),
            ),
        )

    @property
    def output(self) -> list[tuple[int, str, str]]:
        """What was printed: (task, stream, text)."""
        return run.output

    @property
    def events(self) -> list[dict[str, Any]]:
        """What was noted and watched, in order, as plain data."""
        return run.events

    @property
    def errors(self) -> list[tuple[Task, BaseException]]:
        """Exceptions that ended a task, the main one too."""
        return run.errors

    @property
    def died(self) -> list[tuple[Task, BaseException]]:
        """Exceptions that a scenario would have raised once all its tasks had ended."""
        return run.died

    @property
    def notes(self) -> tuple[str, ...]:
        """What was used and is not controlled: names such as os.fork."""
        return tuple(run.notes)

    @property
    def needs_input(self) -> bool:
        """The program read past the end of stdin."""
        return run.needs_input

    @property
    def exit_code(self) -> int:
        """What the interpreter would have ended with."""
        return run.exit_code

    @property
    def probed(self) -> bool:
        """Releases of locks and ends of threads are steps. False is sound only for programs that never look at them without waiting."""
        return run.probed

    @probed.setter
    def probed(self, value: bool) -> None:
        run.probed = value


def unraisable(hook: Any) -> None:
    """`sys.unraisablehook`, silent about tasks that are unwound."""
    if not is_killing() and not isinstance(hook.exc_value, Abort):
        sys.__unraisablehook__(hook)
