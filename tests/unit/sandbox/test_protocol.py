"""The messages between the two worlds: what crosses, what does not, and what hostile bytes can do (nothing)."""

import base64
import collections
import contextlib
import enum
import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox import protocol
from sandbox.protocol import Opaque, ProtocolError, Raised, dump_line, dump_value, load_line, load_value

SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**40), 10**40),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(st.characters(codec=None), max_size=20),
    st.binary(max_size=20),
)
KEYS = st.recursive(SCALARS, lambda inner: st.tuples(inner, inner) | st.frozensets(inner, max_size=3), max_leaves=5)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.lists(inner, max_size=4).map(tuple),
        st.dictionaries(KEYS, inner, max_size=4),
        st.sets(KEYS, max_size=4),
        st.frozensets(KEYS, max_size=4),
    ),
    max_leaves=20,
)
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(st.text(max_size=8), inner, max_size=4),
        st.tuples(
            st.sampled_from(["float", "bytes", "list", "tuple", "set", "frozenset", "dict", "raised", "opaque"]), inner
        ).map(lambda pair: {pair[0]: pair[1]}),
    ),
    max_leaves=30,
)


def same(one, other):
    """Equal in value and in type, all the way down."""
    if type(one) is not type(other):
        return False
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict):
        return one == other and all(same(one[key], other[key]) for key in one) and same(list(one), list(other))
    if isinstance(one, float):
        return one.hex() == other.hex()
    return one == other


@given(VALUES)
def test_every_taggable_value_survives_the_journey(value):
    """What goes in as JSON text comes out equal, of the same types, whatever the nesting."""
    line = dump_line({"value": dump_value(value)})
    assert line.isascii()
    assert line.endswith(b"\n")
    assert line.count(b"\n") == 1
    assert same(load_value(load_line(line)["value"]), value)


@given(JSON)
def test_reading_any_json_gives_a_value_or_a_protocol_error(data):
    """`load_value` raises nothing but ProtocolError, whatever is handed to it."""
    with contextlib.suppress(ProtocolError):
        load_value(data)


@given(st.binary(max_size=200) | st.text(st.characters(codec=None), max_size=200) | JSON.map(json.dumps))
def test_reading_any_line_gives_an_object_or_a_protocol_error(line):
    """`load_line` raises nothing but ProtocolError, for bytes and for text."""
    with contextlib.suppress(ProtocolError):
        assert isinstance(load_line(line), dict)


HOSTILE_LINES = {
    "not a number": b'{"a": NaN}',
    "infinity": b'{"a": -Infinity}',
    "duplicate keys": b'{"id": 1, "id": 2}',
    "duplicate keys inside": b'{"a": [{"b": 1, "b": 2}]}',
    "an array": b"[]",
    "a bare number": b"1",
    "empty": b"",
    "half a line": b'{"id": "ab',
    "two lines": b'{"id": 1}\n{"id": 2}\n',
    "deep": b'{"a": ' + b"[" * 200_000 + b"]" * 200_000 + b"}",
    "deep objects": b'{"a": ' * 100_000 + b"1" + b"}" * 100_000,
    "a huge int": b'{"a": ' + b"9" * 5000 + b"}",
    "not UTF-8": b'{"a": "\xff\xfe"}',
    "too long": b'{"a": "' + b"x" * protocol.MAX_LINE + b'"}',
    "UTF-16 with half a character": b"\xff\xfe{",
}


@pytest.mark.parametrize("name", HOSTILE_LINES)
def test_a_line_no_honest_peer_sends_is_refused(name):
    """NaN, duplicate keys, depth, length, cut and double lines are protocol errors, and nothing else."""
    with pytest.raises(ProtocolError):
        load_line(HOSTILE_LINES[name])


HOSTILE_VALUES = [
    {},
    {"list": [], "tuple": []},
    {"float": "nan"},
    {"float": "-inf"},
    {"float": "0x1p99999"},
    {"float": "hello"},
    {"float": 1.5},
    1.5,
    {"bytes": "not base64!"},
    {"bytes": [1]},
    {"bytes": "é"},
    {"dict": ["ab"]},
    {"dict": [[1, 2, 3]]},
    {"dict": [[[1], 2]]},
    {"dict": {"a": 1}},
    {"set": [[1]]},
    {"set": "ab"},
    {"frozenset": [{"dict": []}]},
    {"unknown": []},
    {"opaque": 1},
    {"raised": {}},
    {"raised": {"name": "E", "bases": [1], "message": "", "line": 1}},
    {"raised": {"name": "E", "bases": [], "message": "", "line": True}},
    {"raised": {"name": "E", "bases": [], "message": "", "line": 1, "more": 1}},
]


@pytest.mark.parametrize("data", HOSTILE_VALUES, ids=repr)
def test_a_value_that_is_not_exactly_of_the_form_is_refused(data):
    """Whatever `dump_value` would not have written is a protocol error."""
    with pytest.raises(ProtocolError):
        load_value(data)


def test_deep_and_large_values_are_cut_while_writing_and_refused_while_reading():
    """Depth and number of nodes have caps on both sides."""
    deep = []
    for _ in range(100_000):
        deep = [deep]
    written = dump_value(deep)
    assert "too deep" in json.dumps(written)
    load_value(written)
    assert json.dumps(dump_value([0] * (protocol.MAX_NODES + 5))).count("too large") == 6
    data = 0
    for _ in range(protocol.MAX_DEPTH + 3):
        data = [data]
    with pytest.raises(ProtocolError):
        load_value(data)
    with pytest.raises(ProtocolError):
        load_value([0] * (protocol.MAX_NODES + 5))


def boom(*_):
    raise AssertionError("code of the value ran")


class Meta(type):
    __getattribute__ = __eq__ = __instancecheck__ = __subclasscheck__ = boom
    __hash__ = type.__hash__
    __name__ = property(boom)


class Bomb(metaclass=Meta):
    __eq__ = __ne__ = __repr__ = __str__ = __len__ = __iter__ = __reduce__ = __reduce_ex__ = __getattr__ = __index__ = (
        __bool__
    ) = boom
    __hash__ = object.__hash__
    __class__ = property(boom)


class BombInt(int):
    __index__ = __int__ = __repr__ = __str__ = bit_length = __getattribute__ = boom
    __class__ = property(boom)


class BombStr(str):  # noqa: SLOT000 - hostile code has none
    __str__ = __repr__ = __iter__ = encode = __len__ = __getattribute__ = boom


class BombFloat(float):
    __float__ = __repr__ = hex = __getattribute__ = boom


class BombList(list):
    __iter__ = __len__ = __getitem__ = __repr__ = __getattribute__ = boom


class BombTuple(tuple):
    __slots__ = ()
    __iter__ = __len__ = __getitem__ = __repr__ = __getattribute__ = boom


class BombDict(dict):
    __iter__ = items = keys = __len__ = __getitem__ = __repr__ = __getattribute__ = boom


class BombSet(set):
    __iter__ = __len__ = __contains__ = __repr__ = __getattribute__ = boom


def test_writing_a_value_runs_no_code_of_it():
    """Neither the value's methods nor those of its class or metaclass are called while it is written."""
    bombs = [
        Bomb(),
        BombInt(7),
        BombStr("s"),
        BombFloat(1.5),
        BombList([1]),
        BombTuple((1,)),
        BombDict({1: 2}),
        BombSet({1}),
    ]
    got = load_value(dump_value([*bombs, {bombs[0]: 1}, {bombs[0]}]))
    assert isinstance(got[0], Opaque)
    assert same(got[1:8], [7, "s", 1.5, [1], (1,), {1: 2}, {1}])
    assert len(got[8]) == len(got[9]) == 1


def test_a_subclass_with_another_equality_does_not_cross():
    """An int, text, list ... that changes `==` is an opaque value; one that keeps it is what it looks like."""

    class Lies(int):
        __eq__ = lambda self, other: True  # noqa: E731
        __hash__ = int.__hash__

    class Keeps(int):
        pass

    class Colour(enum.IntEnum):
        RED = 3

    Pair = collections.namedtuple("Pair", "a b")  # noqa: PYI024 - as students write it
    got = load_value(dump_value([Lies(1), Keeps(2), Colour.RED, Pair(1, 2), collections.defaultdict(int, {1: 2})]))
    assert isinstance(got[0], Opaque)
    assert same(got[1:], [2, 3, (1, 2), {1: 2}])


@pytest.mark.parametrize(
    "value", [collections.OrderedDict(a=1), collections.Counter("aab")], ids=["OrderedDict", "Counter"]
)
def test_the_standard_librarys_own_dicts_cross_as_dicts(value):
    """OrderedDict and Counter are equal to a dict of the same items in Python, so they are here."""
    assert same(load_value(dump_value(value)), dict(value))


ODD = {
    "nan": math.nan,
    "inf": math.inf,
    "huge": 10**5000,
    "object": object(),
    "deque": collections.deque([1]),
    "function": len,
    "class": int,
}


@pytest.mark.parametrize("value", ODD.values(), ids=ODD)
def test_everything_else_is_opaque_and_equal_to_nothing(value):
    """An opaque value is not equal to anything, not to itself, and says its type."""
    got = load_value(dump_value(value))
    assert isinstance(got, Opaque)
    assert got != got  # noqa: PLR0124
    assert not got == got  # noqa: PLR0124, SIM201
    assert got not in [1, None, "", got.type_name]


@pytest.mark.parametrize("make", [lambda: {object(): 1}, lambda: {object(), object()}, lambda: {(1, object()): 1}])
def test_keys_that_do_not_cross_are_no_protocol_error(make):
    """Honest code may use a lock as a key: the container arrives, with opaque keys that nothing finds."""
    value = make()
    got = load_value(dump_value(value))
    assert len(got) == len(value)
    assert got != value


def test_a_key_that_only_a_subclass_made_hashable_arrives_opaque():
    """The plain form of a list is no key, so neither it nor a tuple with it inside pretends to be one."""

    class Row(list):
        __hash__ = lambda self: 1  # noqa: E731

    got = load_value(dump_value({Row(): 1, (Row(),): 2}))
    assert all(isinstance(key, Opaque) for key in got)


def test_an_exception_crosses_as_names_and_text():
    """Its class, bases, message; a text that lies or breaks only describes itself."""

    class MineError(KeyError):
        def __str__(self):
            raise RuntimeError

    got = load_value(dump_value(MineError()))
    assert isinstance(got, Raised)
    assert (got.name, got.isinstance_of(LookupError), got.isinstance_of(ValueError)) == ("MineError", True, False)
    assert got.message == "<its __str__ raised RuntimeError>"


def test_bytes_cross_as_base64():
    """The form is part of the protocol: the driver of an older image must still be understood or refused, not misread."""
    assert dump_value(b"\x00\xff") == {"bytes": base64.b64encode(b"\x00\xff").decode()}
