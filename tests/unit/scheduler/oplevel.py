"""Programs made of the engine's operations alone, without any overlay: what tests and generators build."""

from __future__ import annotations

from collections import deque

from sandbox.scheduler import engine
from sandbox.scheduler.rounds import rounds
from sandbox.scheduler.schedule import Schedule


def active():
    assert engine.active is not None
    return engine.active


class Cells:
    """Shared variables."""

    def __init__(self, **values):
        self.values = values

    def read(self, name, site=0):
        run = active()
        run.point("read", ("cell", name), False, site)
        if run.observer is not None:
            run.observer.accessed(run.current, ("cell", name), False, site)
        return self.values[name]

    def write(self, name, value, site=0):
        run = active()
        run.point("write", ("cell", name), True, site)
        if run.observer is not None:
            run.observer.accessed(run.current, ("cell", name), True, site)
        self.values[name] = value


class Lock:
    """With an owner. Its release is an effect, or a step of its own when `steps`."""

    def __init__(self, name="lock", *, steps=False):
        self.name = name
        self.owner = None
        self.steps = steps

    def is_free(self):
        return self.owner is None

    def take(self):
        run = active()
        self.owner = run.current
        if run.observer is not None:
            run.observer.acquired(run.current, self)

    def acquire(self, timeout=None):
        run = active()
        if not run.point("acquire", self, True, 0, self.is_free, None if timeout is None else run.now + timeout):
            return False
        self.take()
        return True

    def attempt(self):
        active().point("try", self)
        if self.owner is not None:
            return False
        self.take()
        return True

    def release(self):
        run = active()
        if run.is_killing:
            return
        if self.steps:
            run.point("release", self)
        self.let_go()

    def let_go(self):
        run = active()
        if run.observer is not None:
            run.observer.released(run.current, self)
        self.owner = None
        run.effect(self)

    def __enter__(self):
        self.acquire()

    def __exit__(self, *_):
        self.release()


class Condition:
    """Wait is one step: notified and the lock free."""

    def __init__(self, lock):
        self.lock = lock
        self.waiting = []

    def wait(self, timeout=None):
        run, lock = active(), self.lock
        notified = []
        self.waiting.append(notified)
        lock.let_go()
        deadline = None if timeout is None else run.now + timeout
        run.point("wait", lock, True, 0, lambda: bool(notified) and lock.owner is None, deadline)
        if lock.owner is not None:
            run.point("acquire", lock, True, 0, lock.is_free)
        if not notified:
            self.waiting.remove(notified)
        lock.take()
        return bool(notified)

    def notify(self, count=1):
        run = active()
        run.point("notify", self.lock)
        for waiter in self.waiting[:count]:
            waiter.append(True)
        del self.waiting[:count]


class Queue:
    """Put and get are one step each."""

    def __init__(self, size=0):
        self.size = size
        self.items = deque()

    def put(self, item):
        active().point("put", self, True, 0, lambda: not self.size or len(self.items) < self.size)
        self.items.append(item)

    def get(self):
        active().point("get", self, True, 0, lambda: bool(self.items))
        return self.items.popleft()


def sleep(seconds):
    run = active()
    run.point("sleep", None, False, 0, None, run.now + seconds)


def spawn(function, *args):
    return active().spawn(lambda: function(*args))


def join(*tasks):
    for task in tasks:
        active().point("join", task, False, 0, lambda task=task: task.done)


def outcomes(build, strategy, *, late=False, most=None, limits=None):
    """(stop, final state) of all runs, pruned ones left out, with the first schedule of each; and the number of runs.

    `build()` returns the main function and a function that says the state at the end.
    """
    found, count = {}, 0
    box = {}

    def main():
        body, box["state"] = build()
        body()

    for run in rounds(main, strategy, late=late, limits=limits):
        count += 1
        if run.stop is not engine.Stop.PRUNED:
            errors = tuple((task.number, type(task.error).__name__) for task in run.tasks if task.error)
            found.setdefault((run.stop.value, box["state"](), errors), Schedule.of(run.choices, late=run.late))
        if most is not None and count >= most:
            break
    return found, count
