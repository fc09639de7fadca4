"""`multiprocessing.pool.ThreadPool` and `multiprocessing.dummy`: threads behind the names of processes. Processes themselves are refused."""

from __future__ import annotations

import weakref
from itertools import count

from sandbox.overlay.refused import refuse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def install(modules: Any, simple_queue: type) -> None:
    """`modules`: what was loaded, by name."""
    pool, process = modules["multiprocessing.pool"], modules["multiprocessing.process"]
    std_init, std_wait = pool.Pool.__init__, pool.Pool._wait_for_updates

    class Notifier(simple_queue):  # type: ignore[misc]
        """What wakes the pool's own thread; elsewhere it is a pipe."""

        _reader = None

    class Context:
        """Makes only that."""

        SimpleQueue = Notifier

    def __init__(self: Any, processes: Any = None, initializer: Any = None, initargs: Any = ()) -> None:  # noqa: N807
        std_init(self, processes, initializer, initargs, context=Context)

    def wait_for_updates(sentinels: Any, notifier: Any, timeout: float | None = None) -> None:
        if not isinstance(notifier, Notifier):
            std_wait(sentinels, notifier, timeout)
            return
        notifier.get(True, timeout)

    def start(_self: Any) -> None:
        refuse("multiprocessing.Process")

    pool.ThreadPool.__init__ = __init__
    pool.Pool._wait_for_updates = staticmethod(wait_for_updates)
    process.BaseProcess.start = start


def reset(modules: Any, threading: Any) -> None:
    """As the modules were when they were loaded."""
    util, pool = modules["multiprocessing.util"], modules["multiprocessing.pool"]
    util._finalizer_registry.clear()
    util._finalizer_counter = count()
    util._exiting = False
    pool.job_counter = count()
    modules["multiprocessing.context"]._default_context._actual_context = None  # no start method was named yet
    threading._main_thread._children = weakref.WeakKeyDictionary()


def finish(modules: Any) -> None:
    """At the end of the program: pools that were left open are ended."""
    util = modules["multiprocessing.util"]
    if util._finalizer_registry:
        util._run_finalizers(0)
