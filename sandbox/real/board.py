"""Brings tasks to the dangerous moment together, instead of repeating and hoping.

Every task, thread or process, has a byte on a board in shared memory: running, blocked or held. A task at a dangerous moment (it just
took a lock, opened a file, saw a queue's size) is held until no other task is running: each is held or blocked too, or has ended. So two tasks
that take two locks in opposite order both have one, and everybody who reads an unprotected file has read it before anybody writes.
Correct code is only slowed down: whoever waits for the lock is blocked, and the holder goes on. That is the plan `hold`.

The plan `turns` is the quiet order: whoever starts a task gives way until that one is blocked or has ended. `plain` orders nothing.
"""

from __future__ import annotations

import mmap
import os
import threading
import time

FREE, RUNNING, BLOCKED, HELD = range(4)
SLOTS = 250
PATIENCE = 0.25  # seconds a task is held at the most: a task that blocks in something unwatched looks as if it ran
MOST_HOLDS = 60  # per process and run
MOST_LOST = 4  # then nobody waits any more: what runs is not watched, and correct code must not run out of time
STEP = 0.0005


class Board:
    """States of all tasks of one run. Inactive boards cost nothing and hold nobody."""

    def __init__(self, plan: str) -> None:
        self.plan = plan
        self.active = active = plan in ("hold", "turns")
        self.count = 0
        self.lost = 0  # times that patience ended
        self._states = mmap.mmap(-1, SLOTS + 1)
        self._ticket_in, self._ticket_out = os.pipe() if active else (-1, -1)
        if active:
            os.write(self._ticket_out, b"t")
        self._local = threading.local()
        self._local.slot = self.allocate()

    def allocate(self) -> int:
        """A slot for a task that is about to start, running from now on."""
        if not self.active:
            return SLOTS
        ticket = os.read(self._ticket_in, 1)
        try:
            slot = self._states.find(bytes([FREE]), 0, SLOTS)
            slot = slot if slot >= 0 else SLOTS
            self._states[slot] = RUNNING
            return slot
        finally:
            os.write(self._ticket_out, ticket)

    def enter(self, slot: int) -> None:
        """The current task is the one that `slot` was allocated for."""
        self._local.slot = slot

    def leave(self, slot: int) -> None:
        """The task of this slot has ended."""
        self._states[slot] = FREE

    def blocked(self) -> Blocked:
        """`with board.blocked():` around whatever may wait."""
        return Blocked(self._states, getattr(self._local, "slot", SLOTS))

    def hold(self) -> None:
        """A dangerous moment: wait until nobody else runs."""
        slot = getattr(self._local, "slot", SLOTS)
        if self.plan == "hold" and self.count < MOST_HOLDS:
            self._wait(slot)

    def give_way(self) -> None:
        """A task was just started: in the plan `turns` it goes first."""
        if self.plan == "turns":
            self._wait(getattr(self._local, "slot", SLOTS))

    def _wait(self, slot: int) -> None:
        """Until nobody else runs, or patience ends."""
        if not self.active or slot == SLOTS or self.lost >= MOST_LOST:
            return
        others = [s for s in self._states[:SLOTS] if s != FREE]
        if len(others) < 2:
            return
        self.count += 1
        self._states[slot] = HELD
        deadline, arrived = clock() + PATIENCE, False
        while self.active and self._states[slot] == HELD and clock() < deadline:
            arrived = self._all_arrived()
            if arrived:
                break
            time_sleep(STEP)
        self.lost += self._states[slot] == HELD and not arrived
        self._states[slot] = RUNNING

    def _all_arrived(self) -> bool:
        """Whether nobody runs; then all that are held go on together, as one step, so that none overtakes one still asleep."""
        if RUNNING in self._states[:SLOTS]:
            return False
        ticket = os.read(self._ticket_in, 1)
        try:
            states = self._states[:SLOTS]
            if RUNNING in states:
                return False
            for slot, state in enumerate(states):
                if state == HELD:
                    self._states[slot] = RUNNING
            return True
        finally:
            os.write(self._ticket_out, ticket)

    def release(self) -> None:
        """Nobody is held any more."""
        self.active = False


class Blocked:
    """The current task is blocked for as long as this context lasts."""

    __slots__ = ("before", "slot", "states")

    def __init__(self, states: mmap.mmap, slot: int) -> None:
        self.states, self.slot = states, slot

    def __enter__(self) -> None:
        self.before = self.states[self.slot]
        self.states[self.slot] = BLOCKED

    def __exit__(self, *_: object) -> None:
        self.states[self.slot] = self.before


time_sleep, clock = time.sleep, time.monotonic  # student code may patch the module
