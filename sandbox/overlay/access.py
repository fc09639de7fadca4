"""The run-time half of the rewriter: hooks that announce accesses of shared state, and decide what is shared when the object is at hand.

Shared are variables of the program's own modules and closures, attributes of objects whose class the program defines (threads' local data
excepted), attributes of its classes and modules, and plain containers. Modules of the library, functions, strings, numbers, tuples and locks
are not.

A hook announces to the engine under the key of the whole container (its operations do not commute), and tells the observer of the single
item where that can be known: two slots of one list do not race. A hook does no access itself. Without a run it does nothing.
"""

from __future__ import annotations

import array
import collections
import gc
import itertools
import operator
import sys
from dataclasses import replace
from functools import partial
from types import FunctionType, GeneratorType, ModuleType, SimpleNamespace

from sandbox.overlay.native import Native
from sandbox.rewrite import names
from sandbox.scheduler import engine

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any, Self

    from sandbox.overlay.learning import Learning
    from sandbox.rewrite import Sites
    from sandbox.scheduler.engine import Engine

CONTAINERS = (list, dict, set, collections.deque, bytearray, array.array)
SEQUENCES = (list, collections.deque, bytearray, array.array)
EXACT: frozenset[type] = frozenset((*CONTAINERS, collections.defaultdict, collections.OrderedDict, collections.Counter))
_READING: tuple[object, ...] = (
    {}.keys(), {}.values(), {}.items(), iter([]), reversed([]), iter({}), iter({}.values()), iter({}.items()), iter(set()),
)  # fmt: skip
VIEWS = frozenset(map(type, _READING))
"""Views and iterators that read a container behind them."""
ENDLESS = frozenset((itertools.count, itertools.cycle, itertools.repeat, type(iter(int, 1))))
SCALARS: frozenset[type] = frozenset((int, str, bytes, bool, float, type(None)))
VALUES: tuple[type, ...] = (*SCALARS, tuple, frozenset, range, complex)
SIZED = frozenset((list, tuple, str, bytes, bytearray))
LOCALS = frozenset(("_threading_local", "_thread", "threading"))
FIRST, SECOND = 64, 4096  # passes of a site by one task: after so many only every so many-th is a switch point
IDS = 0x7F0000000000  # what id() gives first
CLEARED = 256  # items of a dict that the observer is told of when all go
CHUNK = 100  # passes of a loop that are counted at once

learning: Learning | None = None
"""Told of every access, if there is one."""
sites: Sites | None = None
"""For names of containers."""


class Key(str):
    """What an access is about. Equal in two runs if these made the same objects in the same order; no address takes part.

    `name`: for people. `made`: the object's number in the run, 0 for a global. `type`: of a container, `list`, `dict`, ...
    `is_whole`: of a container, not of one item.
    """

    __slots__ = ("is_whole", "made", "name", "type")
    name: str
    made: int
    type: str
    is_whole: bool

    def __new__(cls, text: str, name: str, made: int = 0, type: str = "") -> Self:  # noqa: A002
        self = super().__new__(cls, text)
        self.name = name
        self.made = made
        self.type = type
        self.is_whole = False
        return self


class Shared:
    """One object that was accessed in this run: kept alive, so that its id is given once."""

    __slots__ = ("about", "file", "items", "key", "made", "owner")

    def __init__(self, about: Any, made: int, name: str) -> None:
        self.about = about
        self.made = made
        self.key = Key(f"#{made}", name, made, _base_name(about))
        self.key.is_whole = True
        self.items: dict[Any, Key] = {}  # by index, of attributes by name
        self.file: str | None = None  # of a module whose namespace it is
        self.owner: Any = None  # whose namespace it is


def _base_name(about: object) -> str:
    return next((base.__name__ for base in CONTAINERS if isinstance(about, base)), "")


class Accesses:
    """Of one run."""

    def __init__(self) -> None:
        self.objects: dict[int, Shared] = {}
        self.variables: dict[str, Key] = {}
        self.types: dict[type, dict[str, int | type] | None] = {}
        self.passes: dict[int, int] = {}  # by task and site
        self.ids: dict[int, tuple[int, object]] = {}  # what id() gave, and of what
        self.idle: dict[int, int] = {}  # passes of sites at which nothing shared was found
        self.learned = learning.begin() if learning is not None else None

    def shared(self, about: object, site: int = 0) -> Shared:
        """Its entry, made at the first access."""
        found = self.objects.get(id(about))
        if found is None:
            made = len(self.objects) + 1
            name = _named(site) or f"{type(about).__name__} {made}"
            found = self.objects[id(about)] = Shared(about, made, name)
            if isinstance(about, dict) and names.READ in about:
                found.file = str(about.get("__file__"))
        return found

    def variable(self, text: str) -> Key:
        """Of a global variable, `file:name`."""
        key = self.variables.get(text)
        if key is None:
            key = self.variables[text] = Key(text, text.rpartition(":")[2])
        return key


def _named(site: int) -> str:
    """What the source calls the container that is accessed there."""
    if sites is None or not site:
        return ""
    found = sites[site]
    return found.name.rpartition("[")[0] if found.kind == "item" else found.name


def _of(running: Engine) -> Accesses:
    found = running.accesses
    if found is None:
        found = running.accesses = Accesses()
    return found  # type: ignore[no-any-return]


def _nothing(running: Engine, site: int) -> None:
    """The site was passed with an object that no two tasks can share."""
    idle = _of(running).idle
    idle[site] = idle.get(site, 0) + 1


def _announce(
    running: Engine, run: Accesses, key: Key, seen: Key, write: bool, site: int, also: Key | None = None
) -> None:
    task = running.current
    if task is None:
        return
    place = task.number << 32 | site
    count = run.passes.get(place, 0) + 1
    run.passes[place] = count
    if count <= FIRST or not count % (FIRST if count <= SECOND else SECOND):
        running.point("write" if write else "read", key, write, site)
    else:
        running.is_thinned = True
        if not write:
            return  # the passes before told of it
    observer = running.observer
    if observer is not None:
        observer.accessed(task, seen, write, site)
        if also is not None:
            observer.accessed(task, also, write, site)
    if run.learned is not None:
        run.learned.accessed(task, key, write, site, len(running.tasks))


# -- global and closure variables ---------------------------------------------------------------------------------------


def read(site: int, text: str) -> None:
    running = engine.active
    if running is None:
        return
    run = _of(running)
    key = run.variable(text)
    _announce(running, run, key, key, False, site)


def write(site: int, text: str, value: Any) -> Any:
    running = engine.active
    if running is None:
        return value
    run = _of(running)
    key = run.variable(text)
    _announce(running, run, key, key, True, site)
    return value


class Cells:
    """Stands for the closure variables of one call of a function."""

    __slots__ = ()


def _cell(site: int, cells: Cells, name: str, is_write: bool) -> None:
    running = engine.active
    if running is None:
        return
    run = _of(running)
    found = run.shared(cells)
    key = found.items.get(name)
    if key is None:
        key = found.items[name] = Key(f"#{found.made}:{name}", name, found.made)
    _announce(running, run, key, key, is_write, site)


def cell_read(site: int, cells: Cells, name: str) -> None:
    _cell(site, cells, name, False)


def cell_write(site: int, cells: Cells, name: str, value: Any) -> Any:
    _cell(site, cells, name, True)
    return value


# -- attributes ---------------------------------------------------------------------------------------------------------

PLAIN, INSTANCE, UNSURE = (
    0,
    1,
    2,
)  # no shared state; the object's own; the object's own if it is there, else the class's


def _is_own(module: object) -> bool:
    found = sys.modules.get(module) if isinstance(module, str) else None
    return found is not None and names.READ in found.__dict__


def _plans(run: Accesses, kind: type) -> dict[str, int | type] | None:
    """What is known of the attributes of a class of the program; None for other classes."""
    plans = run.types.get(kind)
    if plans is None and kind not in run.types:
        is_local = any(each.__name__ in ("local", "_local") and each.__module__ in LOCALS for each in kind.__mro__)
        is_own = kind is SimpleNamespace or (not is_local and _is_own(kind.__module__))
        plans = run.types[kind] = {} if is_own else None
    return plans


def _plan(kind: type, name: str) -> int | type:
    """How an attribute of an instance is found: PLAIN, INSTANCE, or the class that has it."""
    for each in kind.__mro__:
        if name in each.__dict__:
            value = each.__dict__[name]
            if type(value).__name__ == "member_descriptor":  # a slot
                return INSTANCE
            if hasattr(type(value), "__get__"):
                return PLAIN
            return each
    return INSTANCE


def _namespace(about: object) -> dict[str, Any]:
    try:
        found = object.__getattribute__(about, "__dict__")
    except AttributeError:
        return {}
    return found if isinstance(found, dict) else {}


def _attribute_key(run: Accesses, about: Any, name: str, site: int, is_write: bool) -> Key | None:
    kind = type(about)
    if kind is ModuleType:
        return _module_key(run, about, name, is_write)
    if issubclass(kind, type):
        return _class_key(run, about, name, is_write)
    if kind is FunctionType:
        is_state = names.READ in about.__globals__ and not name.startswith("__")
        return _field(run, about, about.__name__, name, site) if is_state else None
    plans = _plans(run, kind)
    if plans is None:
        return None
    plan = plans.get(name)
    if plan is None:
        plan = plans[name] = _plan(kind, name)
    if plan is PLAIN:
        return None
    if plan is not INSTANCE and not is_write and name not in _namespace(about):
        return _class_key(run, plan, name, False)
    return _field(run, about, kind.__name__, name, site)


def _field(run: Accesses, about: object, owner: str, name: str, site: int = 0) -> Key:
    found = run.objects.get(id(about)) or run.shared(about, site)
    fields = found.items if not isinstance(about, CONTAINERS) else run.shared(_namespace(about)).items
    key = fields.get(name)
    if key is None:
        key = fields[name] = Key(f"#{found.made}.{name}", f"{owner}.{name}", found.made)
    return key


def _class_key(run: Accesses, cls: Any, name: str, is_write: bool) -> Key | None:
    if not is_write:
        for each in cls.__mro__:
            if name in each.__dict__:
                cls = each
                break
        else:
            return None
        if hasattr(type(cls.__dict__[name]), "__get__") or isinstance(cls.__dict__[name], type):
            return None
    return _field(run, cls, cls.__name__, name) if _is_own(cls.__module__) else None


def _module_key(run: Accesses, module: ModuleType, name: str, is_write: bool) -> Key | None:
    namespace = module.__dict__
    if names.READ not in namespace:
        return None
    if not is_write and isinstance(namespace.get(name), FunctionType | type | ModuleType):
        return None
    return run.variable(f"{namespace.get('__file__')}:{name}")


def _attribute(site: int, about: Any, name: str, is_write: bool) -> None:
    running = engine.active
    if running is None:
        return
    run = _of(running)
    if name == "__dict__":
        _alias(run, about)
        return
    key = _attribute_key(run, about, name, site, is_write)
    if key is None:
        _nothing(running, site)
    else:
        _announce(running, run, key, key, is_write, site)


def _alias(run: Accesses, about: Any) -> None:
    """The namespace of `about` is at hand: its items are attributes."""
    if not isinstance(about, type | ModuleType) and _plans(run, type(about)) is not None:
        run.shared(_namespace(about)).owner = about


def attribute(site: int, about: Any, name: str) -> Any:
    running = engine.active
    if running is not None:
        _attribute(site, about, name, False)
    return about


def set_(site: int, about: Any, name: str) -> Any:
    _attribute(site, about, name, True)
    return about


def set_value(site: int, about: Any, name: str, value: Any) -> Any:
    _attribute(site, about, name, True)
    return value


def getattr_(site: int, *arguments: Any) -> tuple[Any, ...]:
    if len(arguments) > 1 and type(arguments[1]) is str:
        _attribute(site, arguments[0], arguments[1], False)
    return arguments


def setattr_(site: int, *arguments: Any) -> tuple[Any, ...]:
    if len(arguments) > 1 and type(arguments[1]) is str:
        _attribute(site, arguments[0], arguments[1], True)
    return arguments


def vars_(site: int, *arguments: Any) -> tuple[Any, ...]:
    if len(arguments) == 1:
        _attribute(site, arguments[0], "__dict__", False)
    return arguments


# -- containers ---------------------------------------------------------------------------------------------------------


def _is_native(kind: type, name: str) -> bool:
    """Whether the container's method is not the program's own, which has points of its own."""
    if kind in EXACT:
        return True
    found = getattr(kind, name, None)
    return not isinstance(found, FunctionType) or names.READ not in found.__globals__


def _whole(site: int, about: Any, is_write: bool) -> None:
    running = engine.active
    if running is None:
        return
    if not isinstance(about, CONTAINERS):
        _nothing(running, site)
        return
    run = _of(running)
    key = run.shared(about, site).key
    _announce(running, run, key, key, is_write, site)


def _item(site: int, about: Any, index: Any, is_write: bool, is_drop: bool = False) -> None:
    running = engine.active
    if running is None:
        return
    kind = type(about)
    if kind not in EXACT and not isinstance(about, CONTAINERS):
        _nothing(running, site)
        return
    if not _is_native(kind, "__delitem__" if is_drop else "__setitem__" if is_write else "__getitem__"):
        return
    run = _of(running)
    found = run.shared(about, site)
    key = found.key
    simple = type(index)
    if simple is int and kind is not dict and not isinstance(about, dict) and index < 0:
        index += len(about)
    if simple is str and (found.file is not None or found.owner is not None):
        key = _field(run, found.owner, type(found.owner).__name__, index) if found.owner is not None else run.variable(
            f"{found.file}:{index}"
        )  # fmt: skip
        _announce(running, run, key, key, is_write, site)
        return
    item = _item_key(run, found, index)
    if item is None:
        _announce(running, run, key, key, is_write, site)
        return
    also = None
    if isinstance(about, dict):
        if index not in about:
            if not is_write and isinstance(about, collections.defaultdict):
                is_write = True
            also = key if is_write else None
        elif is_drop:
            also = key
    elif is_drop:
        item = key
    _announce(running, run, key, item, is_write, site, also)


def _called(site: int, about: Any, name: str, arguments: tuple[Any, ...]) -> None:
    """A method of a container is called."""
    is_write = name in names.CHANGING
    if name in names.KEYED and arguments and isinstance(about, dict):
        _keyed(site, about, arguments[0], is_write)
        return
    _whole(site, about, is_write)
    if name == "clear" and isinstance(about, dict):
        _cleared(site, about)
    elif (
        name in names.COUNTING
        and isinstance(about, collections.Counter)
        and arguments
        and isinstance(arguments[0], dict)
    ):
        _counted(site, about, arguments[0])


def _keyed(site: int, about: dict[Any, Any], index: Any, is_write: bool) -> None:
    """One item of a dict is looked for, and put or taken if `is_write`."""
    running = engine.active
    if running is None:
        return
    run = _of(running)
    found = run.shared(about, site)
    if found.file is not None or found.owner is not None or (item := _item_key(run, found, index)) is None:
        _announce(running, run, found.key, found.key, is_write, site)
        return
    _announce(running, run, found.key, item, is_write, site, found.key if is_write else None)


def _cleared(site: int, about: dict[Any, Any]) -> None:
    """Every item goes with it."""
    running = engine.active
    if running is None or running.observer is None or running.current is None:
        return
    for each in list(_of(running).shared(about, site).items.values())[:CLEARED]:
        running.observer.accessed(running.current, each, True, site)


def _counted(site: int, about: dict[Any, Any], given: dict[Any, Any]) -> None:
    """Each item of `given` is read and written, as by `+=`."""
    running = engine.active
    if running is None or running.observer is None or running.current is None or sites is None:
        return
    run = _of(running)
    number = sites.number(replace(sites[site], is_atomic=False, role="update"))
    for index in list(given)[:CLEARED]:
        item = _item_key(run, run.shared(about, site), index)
        if item is not None:
            running.observer.accessed(running.current, item, False, number)
            running.observer.accessed(running.current, item, True, number)


def _item_key(run: Accesses, found: Shared, index: Any) -> Key | None:
    """Of one item; None where telling which runs code of the program."""
    kind = type(index)
    text = ""
    if kind not in SCALARS and not (kind is tuple and all(type(each) in SCALARS for each in index)):
        compare: object = kind.__eq__
        if compare is not object.__eq__ or not _is_native(kind, "__hash__") or isinstance(found.about, SEQUENCES):
            return None
        index = run.shared(index).key  # as good as the object
        text = index.name
    item = found.items.get(index)
    if item is None:
        key = found.key
        text = text or repr(index)
        item = found.items[index] = Key(f"{key}[{index!r}]", f"{key.name}[{text}]", found.made, key.type)
    return item


def item(site: int, about: Any, index: Any) -> Any:
    _item(site, about, index, False)
    return about


def item_arguments(site: int, about: Any, index: Any) -> tuple[Any, Any]:
    _item(site, about, index, False)
    return about, index


def put(site: int, about: Any, index: Any) -> Any:
    _item(site, about, index, True)
    return about


def put_arguments(site: int, value: Any, about: Any, index: Any) -> tuple[Any, Any, Any]:
    _item(site, about, index, True)
    return about, index, value


def put_value(site: int, about: Any, index: Any, value: Any) -> Any:
    _item(site, about, index, True)
    return value


def drop(site: int, about: Any, index: Any) -> Any:
    _item(site, about, index, True, True)
    return about


def drop_arguments(site: int, about: Any, index: Any) -> tuple[Any, Any]:
    _item(site, about, index, True, True)
    return about, index


def container(site: int, about: Any) -> Any:
    if engine.active is not None:
        _whole(site, about, False)
    return about


def has(site: int, about: Any, key: Any) -> Any:
    """`key in about` comes next."""
    if engine.active is None:
        return about
    if isinstance(about, dict) and _is_native(type(about), "__contains__"):
        _keyed(site, about, key, False)
    else:
        _whole(site, about, False)
    return about


def change(site: int, about: Any) -> Any:
    _whole(site, about, True)
    return about


def merge(site: int, about: Any, value: Any) -> tuple[Any, Any]:
    _whole(site, about, True)
    return about, value


def method(site: int, about: Any, name: str, *key: Any) -> Any:
    """`about.name(...)` comes next, its arguments hold no point; `key`: the item it is about, if it is a dict's."""
    running = engine.active
    if running is not None:
        behind = about.__self__ if type(about) is super else about  # type: ignore[attr-defined]
        if isinstance(behind, CONTAINERS) and (behind is not about or _is_native(type(about), name)):
            _called(site, behind, name, key)
        else:
            _nothing(running, site)
    return about


def call(site: int, function: Any, *arguments: Any) -> tuple[Any, ...]:
    """`function(*arguments)` comes next; it may be a container's method."""
    running = engine.active
    if running is not None:
        about = getattr(function, "__self__", None)
        if not isinstance(about, CONTAINERS):
            _nothing(running, site)
        elif names.READ not in getattr(function, "__globals__", ()):
            name = getattr(function, "__name__", "")
            inner = getattr(function, "__func__", None)
            if inner is None or names.READ not in getattr(inner, "__globals__", ()):
                _called(site, about, name, arguments)
    return function, *arguments


# -- iteration and loops --------------------------------------------------------------------------------------------------


def each(site: int, about: Any) -> Iterable[Any]:
    """What to iterate over instead: the same elements, with a point before each if it is a container, and passes counted."""
    running = engine.active
    if running is None:
        return about  # type: ignore[no-any-return]
    kind = type(about)
    if kind is range:
        return _counted_range(running, about)
    if site:
        behind = about if isinstance(about, CONTAINERS) else _behind(about) if kind in VIEWS else None
        if behind is not None and _is_native(kind, "__iter__"):
            entry = _of(running).shared(behind, site)
            passes = iter(partial(_pass, site, entry.key), None)
            return map(operator.itemgetter(1), zip(passes, iter(about)))  # noqa: B905
    if kind in SIZED:
        length = len(about)
        if length > CHUNK:
            return itertools.chain.from_iterable(_chunks(running, iter(about)))
        running.loop(length)
    elif kind in ENDLESS:
        return map(operator.itemgetter(1), zip(iter(partial(_tick, running), None), about))  # noqa: B905
    elif kind in EXACT:
        running.loop(min(len(about), CHUNK))
    return about  # type: ignore[no-any-return]


def _behind(view: Any) -> Any:
    """The container that a view or an iterator reads; None once it is exhausted."""
    return next((each for each in gc.get_referents(view) if isinstance(each, CONTAINERS)), None)


def _pass(site: int, key: Key) -> bool:
    running = engine.active
    if running is not None:
        running.loop()
        _announce(running, _of(running), key, key, False, site)
    return True


def _tick(running: Engine) -> bool:
    running.loop()
    return True


def _counted_range(running: Engine, about: range) -> Iterable[int]:
    try:
        length = len(about)
    except OverflowError:
        length = sys.maxsize
    if length <= CHUNK:
        running.loop(length)
        return about

    def chunk(start: int) -> range:
        running.loop(CHUNK)
        return about[start : start + CHUNK]

    return itertools.chain.from_iterable(map(chunk, range(0, length, CHUNK)))


def _chunks(running: Engine, iterator: Any) -> Iterator[Iterator[Any]]:
    while True:
        running.loop(CHUNK)
        yield itertools.islice(iterator, CHUNK)
        if not iterator.__length_hint__():
            return


def next_(site: int, about: Any) -> Any:
    """`next(about)` comes next."""
    running = engine.active
    if running is None or isinstance(about, VALUES):
        return about
    run = _of(running)
    if type(about) in VIEWS and (behind := _behind(about)) is not None:
        _whole(site, behind, False)
    elif isinstance(about, GeneratorType) or hasattr(type(about), "__next__"):
        key = run.shared(about, site).key
        _announce(running, run, key, key, True, site)
    return about


def loop(passes: int) -> int:
    """So many passes of a `while` loop."""
    running = engine.active
    if running is not None and running.current is not None:
        running.loop(passes)
    return 0


def id_(about: object, /) -> int:
    """`id`: of what is asked for it first, the smallest. Addresses are others in every run, and programs order locks by them."""
    running = engine.active
    if running is None:
        return id(about)
    ids = _of(running).ids
    found = ids.get(id(about))
    if found is None:
        found = ids[id(about)] = (IDS + len(ids) * 64, about)
    return found[0]


def hooks() -> dict[str, Callable[..., Any]]:
    """What rewritten code expects in its module's globals."""
    found: dict[str, Callable[..., Any]] = {
        names.READ: read,
        names.WRITE: write,
        names.CELL_READ: cell_read,
        names.CELL_WRITE: cell_write,
        names.CELLS: Cells,
        names.ATTRIBUTE: attribute,
        names.SET: set_,
        names.SET_VALUE: set_value,
        names.ITEM: item,
        names.ITEM_ARGUMENTS: item_arguments,
        names.PUT: put,
        names.PUT_ARGUMENTS: put_arguments,
        names.PUT_VALUE: put_value,
        names.DROP: drop,
        names.DROP_ARGUMENTS: drop_arguments,
        names.METHOD: method,
        names.CALL: call,
        names.CONTAINER: container,
        names.HAS: has,
        names.ID: Native("builtins", id_, id.__doc__),
        names.CHANGE: change,
        names.MERGE: merge,
        names.EACH: each,
        names.NEXT: next_,
        names.LOOP: loop,
        names.GETATTR: getattr_,
        names.SETATTR: setattr_,
        names.VARS: vars_,
        names.GET_ITEM: operator.getitem,
        names.SET_ITEM: operator.setitem,
        names.DELETE_ITEM: operator.delitem,
        names.SLICE: slice,
        names.APPLY: operator.call,
    }
    found.update((f"__op_{name}__", getattr(operator, name)) for name in names.IN_PLACE.values())
    return found
