"""A rewritten program does exactly what the program does: same values, same order of evaluation, same exceptions at the same places."""

from __future__ import annotations

import textwrap
from random import Random

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from sandbox.overlay import access
from sandbox.rewrite import Sites, rewrite
from sandbox.scheduler import engine as engines
from sandbox.scheduler.engine import Engine, Limits
from tests.unit.scheduler.test_access_points import First

NAMES = ("a", "b", "g", "h", "c", "e", "L", "D", "O", "v")
OPERATORS = ("+", "-", "*", "|", "//", "<", "==", "in", "not in", "and", "or", "is")
IN_PLACE = ("+=", "-=", "*=", "|=", "//=")

PROLOGUE = '''
"""A docstring."""
from __future__ import annotations
class Manager:
    def __init__(self, value): self.value = value
    def __enter__(self): return self.value
    def __exit__(self, *error): t("exit", error[0]); return False
class Thing:
    kind = 7
    def __init__(self): self.x = 1; self.d = {1: 2}; self.l = [3, 4, 5]; self.__p = 1
    def __iadd__(self, other): t("iadd", None); self.__p += 1; return self
    def __getitem__(self, index): t("getitem", None); return self.d[index]
    def append(self, value): self.l.append(value); return self.__p
    @property
    def y(self): t("y", None); return self.x
g = 1
h = [1, 2]
L = [3, 1, 2]
D = {1: 1, "k": [2]}
O = Thing()
'''


SIMPLE = (*NAMES, "0", "1", "2", '"k"', "[]", "(1, 2)", "None", "-1")
FORMS = (
    "t({n}, {0})", "t({n}, {0})", "({0} {op} {1})", "{0}[{1}]", "{0}[{1}:{2}]", "O.x", "O.y", "O.kind", "O.d", "O.d[{0}]", "L[{0}]",
    "D[{0}]", "len({0})", "sum({0})", "sorted({0})", "[{0} for v in {1} if {2}]", "{{v: {0} for v in {1}}}", "list({0} for v in {1})",
    "(g := {0})", "(a := {0})", "({0} if {1} else {2})", "(not {0})", 'f"{{{0}}} {{{1}!r:>3}}"', 'getattr(O, "x")', "(lambda v: {0})({1})",
    "D.get({0}, {1})", "L.append(t(0, {0}))", "O.append(t(0, {0}))", "O.l.append(t(0, {0}))", "L.pop()", "D.setdefault({0}, {1})",
    "L.index({0})", "print({0}, {1}, file=t)", "[*{0}, {1}]", "dict(a={0})", "max({0}, {1})", "list(zip({0}, {1}))",
    "list(enumerate({0}))", "(lambda: {0})()", "[(g := v) for v in {0}]", "({0}, {1})", '", ".join({0})', "globals()['g']",
    "vars(O)['x']", "({0} < {1} < {2})", "list(D.items())", "next(iter({0}))", "h", "int({0})", "O.l[{0}:{1}]",
)  # fmt: skip
TARGETS = (
    "a",
    "g",
    "c",
    "h",
    "O.x",
    "O.l[{0}]",
    "L[{0}]",
    "D[{0}]",
    "O.d[{0}]",
    "L[{0}:{1}]",
    "O.kind",
    "{0}[{1}]",
    "b",
)


class Author:
    """Writes programs; the same from the same seed."""

    def __init__(self, seed):
        self.random = Random(seed)

    def value(self, depth=2):
        if not depth or self.random.random() < 0.2:
            return self.random.choice(SIMPLE)
        inner = [self.value(depth - 1) for _ in range(3)]
        return self.random.choice(FORMS).format(*inner, op=self.random.choice(OPERATORS), n=self.random.randint(1, 99))

    def single(self, among=TARGETS):
        return self.random.choice(among).format(self.value(1), self.value(0))

    def target(self):
        return self.random.choice(
            (
                self.single,
                self.single,
                lambda: f"({self.target()}, {self.target()})",
                lambda: f"[{self.target()}, *{self.single()}]",
            )
        )()

    def body(self, depth):
        return indent(*(self.statement(depth) for _ in range(self.random.randint(1, 3))))

    def statement(self, depth):
        value, target, single, pick = self.value, self.target, self.single, self.random.choice
        simple = (
            value,
            lambda: f"{target()} = {value()}",
            lambda: f"{single()} = {value()}",
            lambda: f"{target()} = {target()} = {value()}",
            lambda: f"{single(TARGETS[:-2])} {pick(IN_PLACE)} {value()}",
            lambda: f"del {single()}, {single()}",
            lambda: f"assert {value()}, {value()}",
            lambda: f"O.x: int = {value()}",
            lambda: f"import json as {pick('gac')}",
            lambda: f"return {value()}",
        )
        if not depth:
            return pick(simple)()
        inner = lambda: self.body(depth - 1)  # noqa: E731
        compound = (
            lambda: f"for {target()} in {value()}:\n    t(-1, None)\n{inner()}\nelse:\n{inner()}",
            lambda: f"k = 0\nwhile k < 3 and {value()}:\n    k += 1\n    t(-1, None)\n{inner()}\nelse:\n{inner()}",
            lambda: f"with Manager({value()}) as {target()}, Manager({value()}) as {target()}:\n{inner()}",
            lambda: f"if {value()}:\n{inner()}\nelse:\n{inner()}",
            lambda: (
                f"try:\n{inner()}\nexcept (TypeError, LookupError) as {pick(('error', 'g', 'c'))}:\n{inner()}\nfinally:\n{inner()}"
            ),
            lambda: self.match(pick("gca")),
            lambda: f"def inner(v=({value()})):\n    nonlocal c\n    global h\n{inner()}\ninner()",
            lambda: f"def numbers():\n    yield ({value()})\n    yield from ({value()})\na = list(numbers())",
            lambda: (
                f"class Inner(Thing):\n    z = ({value()})\n    def w(self): return super().y\nL.append(Inner().w())"
            ),
        )
        return pick(simple if self.random.random() < 0.5 else compound)()

    def match(self, name):
        return (
            f"match {self.value()}:\n    case [{name}, *_] if {self.value()}:\n        a = 1\n"
            f"    case {{1: {name}}} | [{name}]:\n        t(0, 'm')\n    case {name}: pass"
        )

    def program(self):
        """A valid one."""
        while True:
            lines = [self.statement(2) for _ in range(self.random.randint(2, 6))]
            source = program_of(lines)
            try:
                compile(source, "main.py", "exec", dont_inherit=True)
            except SyntaxError:
                continue
            return source


def program_of(lines):
    return (
        PROLOGUE.strip()
        + "\ndef go(v=0):\n    global g\n    a, b, c, e = 1, [1], 2, {1: 3}\n"
        + indent(*lines)
        + "\n    def last():\n        nonlocal c\n        c = e = g\n        return c\n    return last()\n"
    )


def indent(*lines):
    return textwrap.indent("\n".join(lines), "    ")


MOST = 12


class Enough(BaseException):
    """The program would go on for too long."""


def outcome(code, file, space, call):
    """What it comes to: trace, value or exception with the places of the file in its traceback, final state."""
    trace = []
    passes = []

    def t(number, value):
        if number <= 0:  # a loop, or what makes a list longer
            passes.append(number)
            if len(passes) > MOST:
                raise Enough
        trace.append((number, repr(value)[:200]))
        return value

    t.write = trace.append
    t.flush = lambda: None
    space = {"t": t, "__name__": "program", **space}
    try:
        exec(code, space)
        result = call(space["go"])
    except BaseException as error:
        result = (type(error), str(error), places(error.__traceback__))
    state = [repr(space.get(name)) for name in ("g", "h", "L", "D")] + [repr(getattr(space.get("O"), "__dict__", None))]
    return [strip(trace), strip(result), strip(state)], sorted(
        name for name in space if name[:2] != "__" and name != "t"
    )


def strip(value):
    """Without addresses."""
    import re

    return re.sub(r"0x[0-9a-f]+", "0x", repr(value))


def places(trace):
    found = []
    while trace is not None:
        code = trace.tb_frame.f_code
        if code.co_filename not in (__file__, engines.__file__):
            if trace.tb_next is None and code.co_name == "t":
                break
            assert code.co_filename == "main.py", code
            position = list(code.co_positions())[trace.tb_lasti // 2]
            found.append((code.co_name, trace.tb_lineno, position))
        trace = trace.tb_next
    return found


def in_a_run(function):
    """The value of a call as the main task of a run."""
    values = []
    engine = Engine(First(), limits=Limits(steps=10**6))
    engine.run(lambda: values.append(function()))
    if engine.tasks[0].error is not None:
        raise engine.tasks[0].error
    return values[0]


def plainly(function):
    return function()


SEEDS = st.integers(0, 10**9)


def some(examples):
    """Of that many generated programs, the same ones each time."""
    phases = [Phase.explicit, Phase.generate]
    configured = settings(max_examples=examples, deadline=None, derandomize=True, phases=phases)
    return lambda test: pytest.mark.filterwarnings("ignore")(configured(given(SEEDS)(test)))


def changes_nothing(seed, how):
    source = Author(seed).program()
    expected = outcome(compile(source, "main.py", "exec", dont_inherit=True), "main.py", {}, how)
    found = outcome(rewrite(source, "main.py", Sites()).code, "main.py", access.hooks(), how)
    assert found[0] == expected[0]
    if how is plainly:
        assert found[1] == expected[1]


@some(50)
def test_without_a_run_nothing_changes(seed):
    """Same trace, value or exception with its places, state and names."""
    changes_nothing(seed, plainly)


@some(50)
def test_one_task_in_a_run_does_the_same(seed):
    """With every point there, and nobody else to go on."""
    changes_nothing(seed, in_a_run)


@pytest.mark.soak
@some(300)
def test_nothing_changes_in_many_more(seed):
    """Both, over programs nobody has looked at."""
    changes_nothing(seed, plainly)
    changes_nothing(seed, in_a_run)
