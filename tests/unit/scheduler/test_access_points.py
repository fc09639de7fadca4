"""Each form of access announces what it does, on what, in which order, and nothing else announces anything."""

from __future__ import annotations

import re
import sys
import textwrap
import types

import pytest

from sandbox.overlay import access
from sandbox.overlay.learning import Learning
from sandbox.rewrite import Sites, rewrite
from sandbox.scheduler import engine as engines
from sandbox.scheduler.engine import Engine, Stop


class First:
    """A strategy for programs with one task."""

    def begin(self):
        return True

    def choose(self, engine, enabled):
        return enabled[0]

    def end(self, engine):
        pass


class Watching:
    """An observer that keeps what it is told."""

    def __init__(self):
        self.seen = []

    def forked(self, parent, child):
        pass

    def acquired(self, task, thing):
        pass

    def released(self, task, thing):
        pass

    def accessed(self, task, key, write, site):
        self.seen.append((key, write, site))


def run(source, sites=None, observer=None, **more):
    """The engine after `go()` of the program was run as the main task, and the sites."""
    sites = sites or Sites()
    code = rewrite(textwrap.dedent(source), "main.py", sites).code
    module = types.ModuleType("__main__")
    module.__file__ = "main.py"
    module.__dict__.update(access.hooks())
    module.__dict__.update(more)
    was = sys.modules["__main__"]
    sys.modules["__main__"] = module
    engine = Engine(First(), keep=True, observer=observer)
    access.sites = sites
    try:
        exec(code, module.__dict__)
        assert engine.run(module.go) is Stop.DONE
    finally:
        sys.modules["__main__"] = was
        access.sites = None
    if engine.tasks[0].error is not None:
        raise engine.tasks[0].error
    return engine, sites


def points(source, **more):
    """What `go()` announces: `read x 7` or `WRITE d['k'] 7`: kind, key's name, line."""
    engine, sites = run(source, **more)
    return [
        f"{'WRITE' if step.write else 'read'} {step.key.name} {sites[step.site].line}"
        for step in engine.steps
        if step.kind in ("read", "write")
    ]


def in_go(body, before=""):
    """A program whose `go` is `body`, from line 1 on where nothing comes before."""
    return f"{before}\ndef go():\n" + textwrap.indent(textwrap.dedent(body), "    ")


# A global `n` that functions rebind, a list, a dict, an object: lines of `go` begin at 11.
SETTING = """
n = 0
items = [1, 2]
d = {"k": 1}
class Box:
    total = 0
    def __init__(self): self.v = 1; self.__p = 1; self.d = {"k": 1}
    def private(self): self.__p += 1
box = Box()
def rebind():
    global n
    n = 1
"""


def forms(body):
    names = "global n\n" + textwrap.dedent(body).strip("\n")
    found = points(in_go(names, SETTING))
    return [" ".join(each.split(" ")[:-1]) for each in found]


FORMS = {
    "n": ["read n"],
    "n = 5": ["WRITE n"],
    "n += 1": ["read n", "WRITE n"],
    "n = n + 1": ["read n", "WRITE n"],
    "n: int = 3": None,
    "for n in (1, 2): pass": ["WRITE n", "WRITE n"],
    "n, a = 1, 2": ["WRITE n"],
    "a, *n = 1, 2": ["WRITE n"],
    "(a, [n, b]) = 1, (2, 3)": ["WRITE n"],
    "a = n = 1": ["WRITE n"],
    "(n := 4)": ["WRITE n"],
    "[(n := x) for x in (1, 2)]": ["WRITE n", "WRITE n"],
    "import json as n": ["WRITE n"],
    "from json import loads as n": ["WRITE n"],
    "del n": ["WRITE n"],
    "def n(): pass": ["WRITE n"],
    "class n: pass": ["WRITE n"],
    "match 3:\n    case n: pass": ["WRITE n"],
    "match [3]:\n    case [n] | {'a': n} if n: pass": ["WRITE n", "read n"],
    "match n:\n    case 0: pass": ["read n"],
    "match items:\n    case [a, *b]: pass": ["read items"],
    "import io\nwith io.StringIO() as n: pass": ["WRITE n"],
    "try: 1/0\nexcept ZeroDivisionError as n: pass": ["WRITE n"],
    "box.v": ["read Box.v"],
    "box.v = 2": ["WRITE Box.v"],
    "box.v += n": ["read Box.v", "read n", "WRITE Box.v"],
    "box.v, a = 1, 2": ["WRITE Box.v"],
    "box.v: int = 2": ["WRITE Box.v"],
    "for box.v in (1, 2): pass": ["WRITE Box.v", "WRITE Box.v"],
    "del box.v": ["WRITE Box.v"],
    "box.private()": ["read Box._Box__p", "WRITE Box._Box__p"],
    "Box.total += 1": ["read Box.total", "WRITE Box.total"],
    "box.total": ["read Box.total"],
    "box.total += 1": ["read Box.total", "WRITE Box.total"],
    "box.__class__.total = 1": ["WRITE Box.total"],
    "getattr(box, 'v')": ["read Box.v"],
    "setattr(box, 'v', n)": ["read n", "WRITE Box.v"],
    "delattr(box, 'v')": ["WRITE Box.v"],
    "hasattr(box, 'w')": ["read Box.w"],
    "vars(box)['v'] = 2": ["WRITE Box.v"],
    "box.__dict__['v'] += 1": ["read Box.v", "WRITE Box.v"],
    "globals()['n'] += 1": ["read n", "WRITE n"],
    "d['k']": ["read d['k']"],
    "d['k'] = 1": ["WRITE d['k']"],
    "d['k'] += 1": ["read d['k']", "WRITE d['k']"],
    "d[n] = n": ["read n", "read n", "WRITE d[n]"],
    "d[n + 0] = d['k'] = 3": ["read n", "WRITE d[n + 0]", "WRITE d[n + 0]"],
    "d[n] = 1; d[n] += 1": ["read n", "WRITE d[n]", "read n", "read d[n]", "WRITE d[n]"],
    "del d['k']": ["WRITE d['k']"],
    "d['n'] = n; del d['n'], items[n]": ["read n", "WRITE d['n']", "WRITE d['n']", "read n", "WRITE items[n]"],
    "box.d['k'] += 1": ["read Box.d", "read box.d['k']", "WRITE box.d['k']"],
    "items[0:1]": ["read items[0:1]"],
    "items[0:n]": ["read n", "read items[0:n]"],
    "items[0:1] = [4]": ["WRITE items[0:1]"],
    "items[n:] = [4]": ["read n", "WRITE items[n:]"],
    "items[-1]": ["read items[-1]"],
    "items.append(3)": ["WRITE items"],
    "items.append(n)": ["read n", "WRITE items"],
    "items.append(items.pop())": ["WRITE items", "WRITE items"],
    "items.index(1)": ["read items"],
    "d.get('k')": ["read d"],
    "d.setdefault('j', n)": ["read n", "WRITE d"],
    "d.update(a=n)": ["WRITE d", "read n"],
    "items += [3]": None,
    "box.d |= {}": ["read Box.d", "WRITE box.d", "WRITE Box.d"],
    "len(items)": ["read items"],
    "sum(items), sorted(d), max(items), any(items)": ["read items", "read d", "read items", "read items"],
    "print(items, n, end='', flush=True)": ["read items", "read n"],
    "f'{items} {n}'": ["read items", "read n"],
    "', '.join(d)": ["read d"],
    "1 in items": ["read items"],
    "n not in d": ["read n", "read d"],
    "if items: pass": ["read items"],
    "if not d and items: pass": ["read d"],
    "a = 1 if items else 2": ["read items"],
    "items or d": ["read items"],
    "assert items": ["read items"],
    "for x in items: pass": ["read items"] * 3,
    "for x in items: n": ["read items", "read n", "read items", "read n", "read items"],
    "for k, v in d.items(): pass": ["read d"] * 3,
    "for i, x in enumerate(items): pass": ["read items"] * 3,
    "[x for x in items if n]": ["read items", "read n", "read items", "read n", "read items"],
    "{x: n for x in d}": ["read d", "read n", "read d"],
    "list(x for x in items)": ["read items"] * 3,
    "list(zip(items, d))": ["read items", "read d", "read items", "read d"],
    "a, b = items": ["read items"],
    "print(*items, end='', flush=True)": ["read items"],
    "import heapq\nheapq.heappush(items, n)": None,
    "it = iter(items); next(it)": ["read items", "read items"],
    "(lambda: n)()": ["read n"],
    "def f(a=n): return a\nf()": ["read n"],
    "t = (1, 2); t[0]; 'abc'[1]; len(t); 1 in t; t.index(1); [x for x in t]": [],
    "import threading\nl = threading.Lock()\nwith l: pass\nl.acquire(); l.release()": [],
    "import math\nmath.pi; math.floor(1.5)": [],
    "import threading\nclass L(threading.local): x = 0\nl = L(); l.x = 1; l.x += 1": [],
    "print('x', 5, end='', flush=True)": [],
    "__import__('sys').maxsize": [],
}


@pytest.mark.parametrize("body", [body for body, expected in FORMS.items() if expected is not None])
def test_a_form_of_access_announces_its_points_in_order(body):
    assert forms(body) == [re.sub(r"\[.*", "", each) for each in FORMS[body]]


def test_points_carry_their_lines():
    assert points("n = 0\ndef go():\n    global n\n    n = 1\n    n += (\n        n)\n") == [
        "WRITE n 4",
        "read n 5",
        "read n 6",
        "WRITE n 5",
    ]


def test_points_of_two_calls_of_a_function_are_about_their_own_closures():
    """A closure's variable is another one in every call of its owner."""
    program = """
    def owner():
        n = 0
        def inner():
            nonlocal n
            n += 1
        inner()
        return n
    def go():
        owner()
        owner()
    """
    engine, _ = run(program)
    keys = [step.key for step in engine.steps if step.kind in ("read", "write")]
    assert [key.name for key in keys] == ["n"] * 8
    assert len(set(keys[:4])) == len(set(keys[4:])) == 1
    assert keys[0] != keys[4]


def test_a_late_binding_lambda_reads_a_shared_variable():
    assert points("def go():\n    for i in (1, 2):\n        f = lambda: i\n    f()\n") == [
        "WRITE i 2",
        "WRITE i 2",
        "read i 3",
    ]


@pytest.mark.parametrize(
    "body",
    [
        "n = 0\nfor _ in (1, 2): n += 1",
        "lst = [x for x in (1, 2)]",
        "def f(): return 1\nf()",
        "s = 'a'.join(('b', 'c'))",
    ],
)
def test_local_variables_have_no_points(body):
    assert points(in_go(body)) == []


def test_only_names_that_change_have_points():
    """A global that is bound once, or rebound where no function reads it, is no shared state."""
    program = """
    LIMIT = 3
    for i in range(2):
        j = i
    def go():
        return LIMIT
    """
    assert points(program) == []
    assert points("x = 1\nx = 2\ndef go(): return x\n") == ["read x 3"]
    assert points("x = 1\nx = 2\ndef go():\n    x = 3\n    return x\n") == []
    assert points("try: import json\nexcept ImportError: json = None\ndef go(): return json\n") == ["read json 3"]
    assert points("try: import json\nexcept ImportError: import re as json\ndef go(): return json\n") == []


def test_the_observer_hears_of_single_items_and_of_the_container_when_its_size_changes():
    watching = Watching()
    run(
        "d = {'a': 1}\nx = [1, 2]\ndef go():\n    d['a'] = 2\n    d['b'] = 1\n    x[-1] = x[0]\n    del d['a']\n    x.pop()\n",
        None,
        watching,
    )
    assert [(key.name, key.type, write) for key, write, _ in watching.seen] == [
        ("d['a']", "dict", True),
        ("d['b']", "dict", True),
        ("d", "dict", True),
        ("x[0]", "list", False),
        ("x[1]", "list", True),
        ("d['a']", "dict", True),
        ("d", "dict", True),
        ("x", "list", True),
    ]


def test_a_defaultdict_is_written_by_reading_what_it_lacks():
    found = points("import collections\nd = collections.defaultdict(int)\ndef go():\n    d['a']\n    d['a']\n")
    assert found == ["WRITE d 4", "read d 5"]


def test_subclasses_of_containers_are_containers_and_their_own_methods_have_their_own_points():
    program = """
    class Stack(list):
        def push(self, x):
            super().append(x)
        def append(self, x):
            self.push(x)
    s = Stack()
    def go():
        s.push(1)
        s.append(2)
        s.pop()
        len(s)
    """
    assert points(program) == ["WRITE super() 4", "WRITE super() 4", "WRITE super() 11", "read super() 12"]


def test_sites_tell_compound_from_single_operations():
    _, sites = run(
        """
        d = {"k": 1}
        def go():
            d["k"] = 1
            d["k"] += 1
            d["k"] = d["k"] + 1
            d["k"] = d.get("k", 0) + 1
            for k in d: pass
        """
    )
    found = [(site.line, site.kind, site.is_atomic, site.role) for site in map(sites.__getitem__, sites)]
    assert sorted(found) == [
        (4, "item", True, "constant"),
        (5, "item", False, "update"),
        (5, "item", False, "update"),
        (6, "item", False, "update"),
        (6, "item", False, "update"),
        (7, "item", False, "update"),
        (7, "method", False, ""),
        (8, "iteration", False, ""),
    ]


def test_a_value_that_goes_through_a_local_variable_back_into_its_item_is_compound():
    _, sites = run("d = {1: 1}\ndef go():\n    t = d[1]\n    u = t + 1\n    d[1] = u\n    d[2] = 5\n")
    assert [(sites[number].line, sites[number].is_atomic) for number in sites] == [(3, False), (5, False), (6, True)]


def test_roles_say_what_becomes_of_a_value():
    _, sites = run(
        """
        n = False
        def go():
            global n
            while n: pass
            if n: pass
            print(n, end="")
            n = True
            n = not n
            print(f"{(n := n + 1)}", end="")
            match n:
                case 0: pass
        """
    )
    found = {(site.line, site.is_write, site.role) for site in map(sites.__getitem__, sites) if site.kind == "global"}
    assert found >= {
        (5, False, "poll"),
        (6, False, "guard"),
        (7, False, "display"),
        (8, True, "constant"),
        (9, False, "update"),
        (9, True, "update"),
        (10, False, "update"),
        (10, True, "update"),
        (11, False, "guard"),
    }


def test_a_site_has_its_number_when_a_file_is_rewritten_again_and_no_code_when_it_is_cold():
    source = "n = 0\ndef go():\n    global n\n    n += 1\n    n = 5\n"
    _, sites = run(source)
    numbers = list(sites)
    sites.cold = {number for number in sites if sites[number].line == 4}
    engine, again = run(source, sites)
    assert list(again) == numbers
    assert [sites[step.site].line for step in engine.steps if step.site] == [5]
    assert [sites[step.site].line for step in engine.steps if step.site] == [5]


def test_sites_passed_often_are_thinned():
    engine, _ = run("n = 0\ndef go():\n    global n\n    for _ in range(10):\n        for _ in range(100): n = 1\n")
    assert len([step for step in engine.steps if step.kind == "write"]) == 64 + (1000 - 64) // 64
    assert engine.is_thinned


@pytest.mark.parametrize(
    ("loop", "passes"),
    [
        ("for i in range(50): pass", 0),
        ("for i in range(5, -5, -1): pass", 10),
        ("k = 5\nfor i in range(k**5): pass", 3200),
        ("k = 5\nfor i in tuple(range(k**4)): pass", 700),
        ("k = 5\n[i for i in range(k**4)]", 700),
        ("i = 0\nwhile i < 999: i += 1", 900),
        ("import itertools\nfor i in itertools.count():\n    if i == 70: break", 71),
        ("for i in [1, 2]: pass", 0),
    ],
)
def test_passes_of_loops_are_counted(loop, passes):
    """By the hundred; those of loops that are short for certain are not."""
    engine, _ = run(in_go(loop))
    assert engine.loops == passes


def test_a_loop_without_end_ends_with_the_budget():
    code = rewrite("def go():\n    while True: pass\n", "main.py", Sites()).code
    space = dict(access.hooks())
    exec(code, space)
    assert Engine(First()).run(space["go"]) is Stop.LOOPS


def test_learning_tells_shared_sites_from_others():
    """What two tasks touch, one of them writing, other than before a fork, is hot."""
    program = """
    n = 0
    first = 0
    def worker():
        global n
        n += first
        mine = []
        mine.append(1)
    def go():
        global first
        first = 1
        for _ in (1, 2):
            spawn(worker)
        wait()
    """
    sites = Sites()
    access.learning = learned = Learning()

    def spawn(function):
        engines.active.spawn(function)

    def wait():
        running = engines.active
        running.point("join", None, ready=lambda: len(running.live) == 1)

    try:
        run(program, sites, spawn=spawn, wait=wait)
    finally:
        access.learning = None
    assert {sites[number].name for number in learned.hot} == {"n"}
    assert {sites[number].name for number in learned.cold()} == {"first", "mine"}
