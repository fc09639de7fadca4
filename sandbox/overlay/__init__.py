"""The standard library on a controlled scheduler: programs import `threading`, `queue`, `time` as always and get tasks of the engine.

    loading    private copies of the standard library's files, on top of
    thread     `_thread`: starting and joining; `threads` what `threading` is given besides
    locks      Lock and RLock
    condition, semaphore, event, barrier, queues, futures, pools   one step for what one person calls one operation
    clock, local, randomness, streams   time, thread-locals, random numbers, input and output of one run
    ending     what the interpreter does after the last line
    probing    whether releases of locks must be steps at all
    imports    imports run without a switch

Nothing here imports the grader; of `sandbox` only the scheduler.
"""

from __future__ import annotations

from sandbox.overlay.overlay import Overlay

__all__ = ["Overlay"]
