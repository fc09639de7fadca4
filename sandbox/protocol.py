"""The messages between judge and sandbox: JSON lines, tagged values, caps on everything.

A value crosses as plain data. What has a tag of its own: None, bool, int, finite float, str, bytes, list, tuple, set,
frozenset, dict with any such key, exceptions (name, bases, message, line). Anything else arrives as `Opaque`, equal to nothing.
Reading is strict: whatever is not exactly of this form raises `ProtocolError`, and the caller treats that as tampering.
"""

from __future__ import annotations

import base64
import binascii
import collections
import json
import math

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

MAX_LINE = 8 * 2**20  # bytes of one message
MAX_DEPTH = 64  # nested containers of one value
MAX_NODES = 200_000  # scalars and containers of one value
MAX_INT_DIGITS = 4000  # below CPython's own cap on int <-> str


class ProtocolError(ValueError):
    """A message that no honest peer sends."""


class Opaque:
    """A value that did not cross: only its type's name did. Equal to nothing, not even to itself; hashable, since it may be a key."""

    __slots__ = ("type_name",)
    __hash__ = object.__hash__

    def __init__(self, type_name: str) -> None:
        self.type_name = type_name

    def __eq__(self, other: object) -> bool:
        return False

    def __ne__(self, other: object) -> bool:
        return True

    def __repr__(self) -> str:
        return f"<{self.type_name} object>"


class Raised:
    """An exception as data: its class name, the names of its bases, its message, the student's line (0: none)."""

    __slots__ = ("bases", "line", "message", "name")

    def __init__(self, name: str, bases: tuple[str, ...], message: str, line: int) -> None:
        self.name, self.bases, self.message, self.line = name, bases, message, line

    def isinstance_of(self, kind: type[BaseException]) -> bool:
        """Whether the exception was of `kind` or of a class derived from it, by name."""
        return kind.__name__ in (self.name, *self.bases)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Raised) and (self.name, self.bases, self.message) == (
            other.name,
            other.bases,
            other.message,
        )

    def __hash__(self) -> int:
        return hash((self.name, self.message))

    def __repr__(self) -> str:
        return f"{self.name}({self.message!r})"


def dump_value(value: object) -> Any:
    """`value` as JSON-able data. Never runs code of the value: exact built-in types, or subclasses that keep `==`, by their base's own methods."""
    return _Writer().write(value, 0)


# Attributes of a type read past its metaclass, which may be the student's.
_MRO, _SPACE, _NAME = (type.__dict__[name].__get__ for name in ("__mro__", "__dict__", "__name__"))


def _name(kind: type) -> str:
    return str(_NAME(kind))[:100]


def _keeps_equality(kind: type, base: type) -> bool:
    """Whether values of `kind`, a subclass of `base`, are compared by the `==` of `base`, or of the standard library's own subclass of it."""
    if not _derives(kind, base):
        return False
    definer = next(one for one in _MRO(kind) if "__eq__" in _SPACE(one))
    return any(definer is one for one in (base, *_AS_DICTS))


def _derives(kind: type, base: type) -> bool:
    return any(one is base for one in _MRO(kind))  # `in` would ask a metaclass


_AS_DICTS: tuple[type, ...] = (collections.OrderedDict, collections.Counter)  # equal to a dict of the same items


class _Writer:
    def __init__(self) -> None:
        self.nodes = 0

    def write(self, value: object, depth: int) -> Any:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            return {"opaque": "too large"}
        if depth > MAX_DEPTH:
            return {"opaque": "too deep"}
        kind = type(value)
        if value is None or kind is bool:
            return value
        for base, write in self._writers:
            if kind is base or _keeps_equality(kind, base):
                return write(self, value, depth)
        if _derives(kind, BaseException):
            return {"raised": describe_exception(value)}  # type: ignore[arg-type]
        return {"opaque": _name(kind)}

    def write_key(self, value: object, depth: int) -> Any:
        """As `write`; what only a subclass made hashable arrives as an opaque value, since its plain form is no key."""
        written = self.write(value, depth)
        return written if _can_be_key(written) else {"opaque": _name(type(value))}

    def _int(self, value: int, _: int) -> Any:
        value = int.__index__(value)
        return value if value.bit_length() < MAX_INT_DIGITS * 3 else {"opaque": "int too large"}

    def _float(self, value: float, _: int) -> Any:
        value = float.__float__(value)
        return {"float": float.hex(value)} if math.isfinite(value) else {"opaque": f"float {value}"}

    def _str(self, value: str, _: int) -> Any:
        return str.__str__(value)

    def _bytes(self, value: bytes, _: int) -> Any:
        return {"bytes": base64.b64encode(value).decode("ascii")}

    def _list(self, value: list[Any], depth: int) -> Any:
        return [self.write(item, depth + 1) for item in list.__iter__(value)]

    def _tuple(self, value: tuple[Any, ...], depth: int) -> Any:
        return {"tuple": [self.write(item, depth + 1) for item in tuple.__iter__(value)]}

    def _set(self, value: set[Any], depth: int) -> Any:
        return {"set": sorted((self.write_key(item, depth + 1) for item in set.__iter__(value)), key=_order)}

    def _frozenset(self, value: frozenset[Any], depth: int) -> Any:
        return {
            "frozenset": sorted((self.write_key(item, depth + 1) for item in frozenset.__iter__(value)), key=_order)
        }

    def _dict(self, value: dict[Any, Any], depth: int) -> Any:
        return {"dict": [[self.write_key(k, depth + 1), self.write(v, depth + 1)] for k, v in dict.items(value)]}

    _writers: tuple[tuple[type, Any], ...] = (
        (int, _int),
        (float, _float),
        (str, _str),
        (bytes, _bytes),
        (list, _list),
        (tuple, _tuple),
        (set, _set),
        (frozenset, _frozenset),
        (dict, _dict),
    )


def _can_be_key(written: Any) -> bool:
    if isinstance(written, list):
        return False
    if isinstance(written, dict):
        ((tag, body),) = written.items()
        return tag not in ("dict", "set") and (tag != "tuple" or all(map(_can_be_key, body)))
    return True


def _order(written: Any) -> str:
    return json.dumps(written, sort_keys=True)


def describe_exception(error: BaseException, line: int = 0) -> dict[str, Any]:
    """An exception as plain data; its own `__str__` may raise or lie, it only ever describes itself."""
    kind = type(error)
    try:
        message = str(error)
        message = str.__str__(message)[:2000] if isinstance(message, str) else ""
    except BaseException as broken:
        message = f"<its __str__ raised {type(broken).__name__}>"
    bases = [_name(base) for base in _MRO(kind)[1:-1]]
    return {"name": _name(kind), "bases": bases[:20], "message": message, "line": line}


def load_value(data: Any) -> Any:
    """The inverse of `dump_value`. Raises ProtocolError for any other form."""
    budget = [MAX_NODES]
    try:
        return _read(data, 0, budget)
    except (TypeError, KeyError, binascii.Error, ValueError, OverflowError) as error:
        if isinstance(error, ProtocolError):
            raise
        raise ProtocolError(f"malformed value: {error}") from error


def _read(data: Any, depth: int, budget: list[int]) -> Any:
    budget[0] -= 1
    if depth > MAX_DEPTH + 1 or budget[0] < 0:
        raise ProtocolError("value too deep or too large")
    if data is None or isinstance(data, bool | int | str):
        return data
    if isinstance(data, list):
        return [_read(item, depth + 1, budget) for item in data]
    if not isinstance(data, dict) or len(data) != 1:
        raise ProtocolError("untagged value")
    ((tag, body),) = data.items()
    if tag == "float" and isinstance(body, str):
        number = float.fromhex(body)
        if not math.isfinite(number):
            raise ProtocolError("not a finite float")
        return number
    if tag == "bytes" and isinstance(body, str):
        return base64.b64decode(body, validate=True)
    if tag == "opaque" and isinstance(body, str):
        return Opaque(body[:100])
    if tag == "raised" and isinstance(body, dict):
        return read_raised(body)
    if not isinstance(body, list):
        raise ProtocolError(f"malformed {str(tag)[:20]}")
    if tag == "dict":
        if not all(isinstance(pair, list) and len(pair) == 2 for pair in body):
            raise ProtocolError("malformed dict")
        return {_read(key, depth + 1, budget): _read(value, depth + 1, budget) for key, value in body}
    items = [_read(item, depth + 1, budget) for item in body]
    makers: dict[str, Any] = {"tuple": tuple, "set": set, "frozenset": frozenset}
    if tag not in makers:
        raise ProtocolError(f"unknown tag {str(tag)[:20]!r}")
    return makers[tag](items)


def read_raised(body: dict[str, Any]) -> Raised:
    """An exception description, checked field by field."""
    name, bases, message, line = body["name"], body["bases"], body["message"], body["line"]
    if not (isinstance(name, str) and isinstance(message, str) and type(line) is int and isinstance(bases, list)):
        raise ProtocolError("malformed exception")
    if len(body) != 4 or not all(isinstance(base, str) for base in bases):
        raise ProtocolError("malformed exception")
    return Raised(name, tuple(bases), message, line)


def dump_line(message: dict[str, Any]) -> bytes:
    """One message as a line. ASCII only, so that lone surrogates and separators survive."""
    return json.dumps(message, ensure_ascii=True, allow_nan=False, separators=(",", ":")).encode("ascii") + b"\n"


def load_line(line: bytes | str) -> dict[str, Any]:
    """One line as a message: an object, no NaN, no duplicate key, not too long, not too deep. Raises ProtocolError."""
    if len(line) > MAX_LINE:
        raise ProtocolError("message too long")
    try:
        message = json.loads(line, parse_constant=_refuse, object_pairs_hook=_unique)
    except (ValueError, RecursionError) as error:
        if isinstance(error, ProtocolError):
            raise
        raise ProtocolError(f"not JSON: {type(error).__name__}") from error
    if not isinstance(message, dict):
        raise ProtocolError("not an object")
    return message


def _refuse(constant: str) -> None:
    raise ProtocolError(f"{constant} is not a number")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise ProtocolError("duplicate key")
    return result
