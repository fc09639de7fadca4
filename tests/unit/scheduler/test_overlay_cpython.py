"""CPython's own tests of threads, locks, queues and futures pass when every thread is a task under a random order."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

MODULES = ("test_thread", "test_threading", "test_threading_local", "test_queue")
FUTURES = ("test_thread_pool", "test_wait", "test_as_completed", "test_shutdown", "test_future")

EXCLUDED = {
    # Processes, signals and the C API are not threads of the overlay.
    r"[Ff]ork|ProcessPool|Subinterp|ThreadJoinOnShutdown|Interrupt|AsyncExc": "processes, subinterpreters, signals, the C API",
    r"test_hang_global_shutdown_lock|test_excepthook_thread_None$": "a child process; the interpreter's own hook",
    # Insides of the interpreter's implementation.
    r"test_disallow_instantiation": "a lock is a Python class here, and classes can be called",
    r"test_shutdown_locks|test_tstate_lock": "Thread._tstate_lock is only a name here: join asks the task",
    r"test_cycle_collection": "a thread-local in a cycle with itself lives as long as its task",
}


def test_cpythons_tests_pass_on_the_overlay():
    """All of them but for those listed above, each with its reason."""
    if importlib.util.find_spec("test.test_threading") is None:
        pytest.skip("this interpreter ships no tests")
    names = [f"test.{name}" for name in MODULES]
    if importlib.util.find_spec("test.test_concurrent_futures") is not None:
        names += [f"test.test_concurrent_futures.{name}" for name in FUTURES]
    root = Path(__file__).parents[3]
    result = subprocess.run(
        [sys.executable, __file__, *names],
        capture_output=True,
        text=True,
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root)},
        check=False,
        timeout=600,
    )
    assert result.returncode == 0, result.stderr[-3000:]
    said = json.loads(result.stdout.splitlines()[-1])
    assert said["bad"] == {}
    assert said["ok"] >= 235


def main(names):  # in a process of its own: the modules stay loaded
    import gc
    import random
    import unittest

    from sandbox.overlay import Overlay
    from sandbox.scheduler.engine import Engine, Limits

    class Walk:
        def __init__(self, seed):
            self.random = random.Random(seed)

        def choose(self, _engine, enabled):
            return self.random.choice(enabled)

        def end(self, _engine):
            pass

    def flat(suite):
        for item in suite:
            if isinstance(item, unittest.TestSuite):
                yield from flat(item)
            else:
                yield item

    overlay = Overlay()
    overlay.install()
    overlay.reset()
    tests = []

    def load():
        helper = importlib.import_module("test.support.import_helper")
        fresh = helper.import_fresh_module
        ours = ("queue", "threading")
        helper.import_fresh_module = lambda name, *args, **named: (
            sys.modules[name] if name in ours else fresh(name, *args, **named)
        )
        for name in names:
            tests.extend(flat(unittest.defaultTestLoader.loadTestsFromModule(importlib.import_module(name))))

    run = Engine(Walk("load"))
    run.run(load)
    if run.tasks[0].error is not None:
        raise run.tasks[0].error
    gc.collect()
    gc.freeze()
    ok, bad = 0, {}
    for test in tests:
        method = getattr(type(test), test._testMethodName)
        used = {
            name
            for part in (method, getattr(method, "__wrapped__", None))
            if part is not None
            for name in part.__code__.co_names
        }
        if any(re.search(pattern, test.id()) for pattern in EXCLUDED) or any(
            "assert_python" in name or name == "Popen" for name in used
        ):
            continue  # another interpreter, without the overlay
        overlay.reset()
        run = Engine(Walk(test.id()), limits=Limits(steps=600_000, tasks=2000))
        result = unittest.TestResult()
        stop = run.run(lambda test=test, result=result: overlay.run_main(lambda: test(result)))
        if result.skipped:
            continue
        if stop == "done" and result.wasSuccessful():
            ok += 1
        else:
            bad[test.id()] = [str(stop), *(text for _, text in result.errors + result.failures)]
    sys.__stdout__.write(json.dumps({"ok": ok, "bad": bad}) + "\n")
    sys.__stdout__.flush()
    os._exit(0)


if __name__ == "__main__":
    main(sys.argv[1:])
