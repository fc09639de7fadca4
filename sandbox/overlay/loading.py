"""Private copies of the standard library's modules on top of the overlay's `_thread` and `time`, made once and kept.

The files are the interpreter's own; one line of threading.py is replaced. Modules that hold names of the real ones are hidden while the
overlay is in place, so that a program that imports them gets copies that hold ours.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
import types

from sandbox.overlay import clock, ending, futures, local, logs, pools, queues, randomness, thread, threads

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

COPIED = (
    "queue",
    "random",
    "logging",
    "sched",
    "concurrent.futures",
    "concurrent.futures.thread",
    "multiprocessing.pool",
    "multiprocessing.dummy",
)
RESTORED = frozenset(
    (
        "_thread",
        "time",
        "atexit",
        "threading",
        "queue",
        "random",
        "logging",
        "concurrent.futures",
        "concurrent.futures.thread",
    )
)
SHARED = frozenset((  # hold real locks or clocks, which do no harm: what the interpreter itself and the overlay run on
    "builtins", "sys", "importlib", "_frozen_importlib", "_frozen_importlib_external", "functools", "traceback", "linecache", "os",
    "site", "warnings", "gc", "reprlib", "contextlib", "unittest", "doctest", "pdb", "bdb", "cmd", "code", "faulthandler", "tracemalloc",
    "signal", "codeop", "pprint", "inspect", "typing", "ast", "dis", "__main__",
    "subprocess", "socket",  # refused.py stands in the real ones: a copy would run what it is to refuse
))  # fmt: skip


class Copies:
    """`modules`: by name, what is in sys.modules while the overlay is in place (None: cannot be imported).

    `one_step` False leaves the standard library's own Condition, Queue and so on, many steps each: what the others are measured against.
    """

    def __init__(self, *, one_step: bool = True) -> None:
        self.one_step = one_step
        self.modules: dict[str, types.ModuleType | None] = {}
        self._outside: dict[str, types.ModuleType] = {}  # what was there instead
        self._load()

    def _load(self) -> None:
        self.modules = {
            "_thread": thread.build(local.local),
            "time": clock.build(),
            "atexit": ending.build_atexit(),
            "_queue": None,
            "_threading_local": _threading_local(),
        }
        self.install()
        hidden = [name for name in sys.modules if _is_copied(name)]
        self._outside.update({name: sys.modules.pop(name) for name in hidden})
        at_fork = getattr(os, "register_at_fork", None)
        if at_fork is not None:
            os.register_at_fork = lambda **_: None  # of the copies: nobody forks in the middle of a run
        try:
            _threading(one_step=self.one_step)
            loaded = {name: importlib.import_module(name) for name in COPIED}
            if self.one_step:
                queues.install(loaded["queue"])
            randomness.install(loaded["random"])
            logs.install(loaded["logging"])
            simple = loaded["queue"].SimpleQueue if self.one_step else queues.simple_queue(loaded["queue"])
            futures.install(sys.modules, simple)
            pools.install(sys.modules, simple)
            self.modules.update({name: module for name, module in sys.modules.items() if _is_copied(name)})
        finally:
            if at_fork is not None:
                os.register_at_fork = at_fork
            self.remove()
        self._pristine = [
            (module.__dict__, dict(module.__dict__))
            for name, module in self.modules.items()
            if module is not None and name in RESTORED
        ]

    def restore(self) -> None:
        """Names that a program has put into the modules go, and those that it replaced come back."""
        for names, pristine in self._pristine:
            if names != pristine:
                names.clear()
                names.update(pristine)

    def install(self) -> None:
        """Into sys.modules."""
        replaced = [sys.modules[name] for name in self.modules if sys.modules.get(name) is not None]
        for name in [*self.modules, *_holders(replaced, self.modules)]:
            if name in sys.modules:
                self._outside[name] = sys.modules.pop(name)
        sys.modules.update(self.modules)  # type: ignore[arg-type]

    def remove(self) -> None:
        """As it was; what a program imported in between and holds our names is kept for the next time."""
        ours = [module for module in self.modules.values() if module is not None]
        self.modules.update({name: sys.modules[name] for name in _holders(ours, self.modules)})
        for name in self.modules:
            sys.modules.pop(name, None)
        sys.modules.update(self._outside)
        self._outside.clear()


def _is_copied(name: str) -> bool:
    return (
        name in COPIED or name == "threading" or name.partition(".")[0] in ("multiprocessing", "concurrent", "logging")
    )


def _holders(modules: list[types.ModuleType], but: Mapping[str, object]) -> list[str]:
    """Loaded modules of the standard library that hold one of `modules` or a name out of them."""
    held = {id(module) for module in modules}
    for module in modules:
        own = module.__name__
        held.update(
            id(value)
            for value in vars(module).values()
            if getattr(value, "__module__", None) == own and callable(value)
        )
    found = []
    for name, module in sys.modules.items():
        top = name.partition(".")[0]
        if name in but or top in SHARED or top not in sys.stdlib_module_names or module is None:
            continue
        if any(id(value) in held for value in vars(module).values()):
            found.append(name)
    return found


def _threading(*, one_step: bool) -> types.ModuleType:
    spec = importlib.util.find_spec("threading")
    assert spec is not None
    assert spec.origin is not None
    with open(spec.origin, encoding="utf-8") as file:
        source = threads.patch_source(file.read())
    module = importlib.util.module_from_spec(spec)
    sys.modules["threading"] = module
    threads.prepare(module)
    exec(compile(source, spec.origin, "exec"), module.__dict__)  # the interpreter's own file
    threads.finish(module, one_step=one_step)
    return module


def _threading_local() -> types.ModuleType:
    module = types.ModuleType("_threading_local")
    module.__dict__.update(local=local.local, __all__=["local"], __spec__=importlib.util.find_spec("_threading_local"))
    return module
