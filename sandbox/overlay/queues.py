"""`queue.Queue` and its kin, `queue.SimpleQueue`: put, get, join and the rest are one step each.

Also beside code that uses `mutex`, `not_empty`, `not_full` and `all_tasks_done` itself.
"""

from __future__ import annotations

import types
from collections import deque
from weakref import WeakKeyDictionary, ref

from sandbox.overlay.locks import Lock
from sandbox.overlay.state import Edge, acquired, deadline_after, passed, record, released, run
from sandbox.overlay.waiting import wake
from sandbox.scheduler import engine

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


class Order:
    """What orders the tasks of one queue: each put before the get of its item, each get before the put that needs its place."""

    __slots__ = ("done", "items", "place", "put")

    def __init__(self) -> None:
        self.items: deque[Edge] = deque()
        self.put, self.place, self.done = Edge(), Edge(), Edge()


def install(queue: Any) -> None:
    """Replace the methods of the copy; a class with a `_qsize` of its own keeps the standard library's."""
    cls = queue.Queue
    std: dict[str, Any] = {
        name: vars(cls)[name] for name in ("__init__", "put", "get", "join", "task_done", "qsize", "empty", "full")
    }
    sizes = {vars(kind)["_qsize"] for kind in (cls, queue.LifoQueue, queue.PriorityQueue)}
    takers = {vars(cls)["_get"]: deque.popleft, vars(queue.LifoQueue)["_get"]: deque.pop}
    orders: WeakKeyDictionary[Any, Order] = WeakKeyDictionary()
    queue._orders = orders

    def is_plain(self: Any) -> bool:
        return type(self)._qsize in sizes and type(self.mutex) is Lock

    def order_of(self: Any) -> Order | None:
        active = engine.active
        if active is None or active.observer is None:
            return None
        order = orders.get(self)
        if order is None:
            order = orders[self] = Order()
        return order

    def __init__(self: Any, maxsize: int = 0) -> None:  # noqa: N807 - becomes a method
        std["__init__"](self, maxsize)
        self.mutex.of = ref(self)

    def put(self: Any, item: Any, block: bool = True, timeout: float | None = None) -> None:
        """Put an item into the queue."""
        active = engine.active
        if active is None or not is_plain(self):
            std["put"](self, item, block, timeout)
            return
        lock, maxsize = self.mutex, self.maxsize
        if maxsize > 0 and block:
            check(timeout)
            active.point(
                "put",
                lock,
                True,
                0,
                lambda: lock.taken_by is None and (self._qsize() < maxsize or is_shut(self)),
                deadline_after(timeout),
            )
        else:
            active.point("put", lock, True, 0, lock.is_free)
        if is_shut(self):
            raise queue.ShutDown
        if 0 < maxsize <= self._qsize():
            raise queue.Full
        order = order_of(self)
        if order is not None:
            if maxsize > 0:
                acquired(order.place)
            if type(self)._get in takers:
                order.items.append(Edge())
                released(order.items[-1])
            else:
                passed(order.put)
        under(lock, self._put, item)
        if run.watch:
            record("put", item)
        self.unfinished_tasks += 1
        wake(self.not_empty, 1)

    def get(self: Any, block: bool = True, timeout: float | None = None) -> Any:
        """Remove and return an item from the queue."""
        active = engine.active
        if active is None or not is_plain(self):
            return std["get"](self, block, timeout)
        lock = self.mutex
        if block:
            check(timeout)
            active.point(
                "get",
                lock,
                True,
                0,
                lambda: lock.taken_by is None and (self._qsize() > 0 or is_shut(self)),
                deadline_after(timeout),
            )
        else:
            active.point("get", lock, True, 0, lock.is_free)
        if not self._qsize():
            raise queue.ShutDown if is_shut(self) else queue.Empty
        item = under(lock, self._get)
        order = order_of(self)
        if order is not None:
            take = takers.get(type(self)._get)
            if take is not None and len(order.items) == self._qsize() + 1:
                acquired(take(order.items))
            else:
                acquired(order.put)
            passed(order.place)
        if run.watch:
            record("get", item)
        wake(self.not_full, 1)
        return item

    def join(self: Any) -> None:
        """Blocks until all items have been gotten and processed."""
        active = engine.active
        if active is None or type(self.mutex) is not Lock:
            std["join"](self)
            return
        lock = self.mutex
        active.point("join", lock, False, 0, lambda: not self.unfinished_tasks and lock.taken_by is None)
        order = order_of(self)
        if order is not None:
            acquired(order.done)

    def task_done(self: Any) -> None:
        """Indicate that a formerly enqueued task is complete."""
        active = engine.active
        if active is None or type(self.mutex) is not Lock:
            std["task_done"](self)
            return
        active.point("done", self.mutex, True, 0, self.mutex.is_free)
        order = order_of(self)
        if order is not None:
            passed(order.done)
        unfinished = self.unfinished_tasks - 1
        if unfinished < 0:
            raise ValueError("task_done() called too many times")
        if unfinished == 0:
            wake(self.all_tasks_done, len(self.all_tasks_done._waiters))
        self.unfinished_tasks = unfinished

    def look(name: str) -> Callable[[Any], Any]:
        known = std[name]

        def read(self: Any) -> Any:
            active = engine.active
            if active is None or not is_plain(self):
                return known(self)
            lock = self.mutex
            active.point("look", lock, False, 0, lock.is_free)
            order = order_of(self)
            if order is not None:
                for edge in (*order.items, order.put, order.place):
                    acquired(edge)
            size = self._qsize()
            if name == "qsize":
                return size
            return not size if name == "empty" else 0 < self.maxsize <= size

        read.__name__, read.__doc__ = name, known.__doc__
        return read

    cls.__init__, cls.put, cls.get, cls.join, cls.task_done = __init__, put, get, join, task_done
    cls.qsize, cls.empty, cls.full = look("qsize"), look("empty"), look("full")
    queue.SimpleQueue = simple_queue(queue)


def is_shut(queue: Any) -> bool:
    return getattr(queue, "is_shutdown", False)


def check(timeout: float | None) -> None:
    if timeout is not None and timeout < 0:
        raise ValueError("'timeout' must be a non-negative number")


def under(lock: Lock, function: Callable[..., Any], *args: Any) -> Any:
    """`function` may be the program's own: others wait at the lock while it runs."""
    active = engine.active
    assert active is not None
    lock.taken_by = active.current
    try:
        return function(*args)
    finally:
        lock.taken_by = None


def simple_queue(queue: Any) -> type:
    """Unbounded, first in first out, without task counting."""

    class SimpleQueue:
        """Simple, unbounded, reentrant FIFO queue."""

        def __init__(self) -> None:
            self._items: deque[tuple[Any, Edge | None]] = deque()
            self._lock = Lock()
            self._lock.of = ref(self)

        def put(self, item: Any, block: bool = True, timeout: float | None = None) -> None:  # noqa: ARG002
            active = engine.active
            edge = None
            if active is not None:
                active.point("put", self._lock)
                if active.observer is not None:
                    edge = Edge()
                    released(edge)
            self._items.append((item, edge))
            if run.watch:
                record("put", item)

        def get(self, block: bool = True, timeout: float | None = None) -> Any:
            active = engine.active
            if active is not None:
                if block:
                    check(timeout)
                    active.point("get", self._lock, True, 0, lambda: bool(self._items), deadline_after(timeout))
                else:
                    active.point("get", self._lock)
            if not self._items:
                raise queue.Empty
            item, edge = self._items.popleft()
            if edge is not None:
                acquired(edge)
            if run.watch:
                record("get", item)
            return item

        def put_nowait(self, item: Any) -> None:
            self.put(item)

        def get_nowait(self) -> Any:
            return self.get(False)

        def qsize(self) -> int:
            active = engine.active
            if active is not None:
                active.point("look", self._lock, False)
                for _, edge in self._items:
                    acquired(edge)
            return len(self._items)

        def empty(self) -> bool:
            return not self.qsize()

        __class_getitem__: Any = classmethod(types.GenericAlias)

    SimpleQueue.__module__ = "_queue"
    SimpleQueue.__qualname__ = "SimpleQueue"
    return SimpleQueue
