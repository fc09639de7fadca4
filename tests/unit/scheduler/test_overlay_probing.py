"""Whether releases and ends must be steps is read from the program."""

from __future__ import annotations

import ast

import pytest

from sandbox.overlay.probing import probes

BLIND = (
    "with lock: x += 1",
    "lock.acquire(); lock.release()",
    "t.join(); ev.wait(); q.get(timeout=1)",
    "', '.join(names); f'{a}'.join(names)",
)
LOOKING = (
    "lock.acquire(False)",
    "lock.acquire(blocking=False)",
    "lock.acquire(timeout=1)",
    "take = lock.acquire",
    "lock.locked()",
    "t.join(1)",
    "t.is_alive()",
    "threading.active_count()",
    "for t in threading.enumerate(): t.join()",
    "from threading import enumerate",
    "getattr(lock, name)()",
    "cond.wait(1)",
)


@pytest.mark.parametrize("source", BLIND)
def test_programs_that_only_wait(source):
    """Nothing in them can tell when a lock was released."""
    assert not probes(ast.parse(source))


@pytest.mark.parametrize("source", LOOKING)
def test_programs_that_look(source):
    """They may find a lock held, or a thread alive."""
    assert probes(ast.parse(source))
