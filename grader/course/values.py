"""The kinds of values a course file may hold, each with its reader and its JSON Schema.

A reader takes what `source` read and raises `Fault`, which `validated` turns into an error with a place.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Annotated, Any, Final, TypeVar
from zoneinfo import ZoneInfo

from pydantic import (
    BaseModel,
    ConfigDict,
    PlainValidator,
    ValidationError,
    ValidationInfo,
    WithJsonSchema,
    model_validator,
)

from grader.course.source import Items, Map, Scalar, near, not_text
from grader.course.text import Text
from grader.errors import CourseError, GraderError, Place, Problems
from grader.language import LANGUAGES, say

if TYPE_CHECKING:
    from collections.abc import Mapping

    from grader.course.source import Path
    from grader.language import Message

MAX_POINTS: Final = 10_000
MAX_PLACES: Final = 6  # digits after the decimal point


class Fault(ValueError):  # noqa: N818 - a fault in a text, not one of ours
    """What is wrong with one value, and what to write instead; `at` leads from that value to the culprit."""

    def __init__(self, message: Message, remedy: Message | None = None, *, at: Path = ()) -> None:
        super().__init__(str(message))
        self.message, self.remedy, self.at = message, remedy, at


class Spec(BaseModel):
    """A map with known keys. The tree it is read from learns them, for near matches."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)

    @model_validator(mode="before")
    @classmethod
    def _learn(cls, value: object) -> object:
        if isinstance(value, Map):
            value.allowed = tuple(cls.model_fields)
        return value


Model = TypeVar("Model", bound=BaseModel)


def validated(model: type[Model], tree: Map, context: Mapping[str, object]) -> Model:
    """`tree` as a `model`. Raises Problems with every fault, in file order."""
    try:
        return model.model_validate(tree, context=dict(context))
    except ValidationError as error:
        details = error.errors()
        meant = {
            (*path[:-1], _meant(tree, path)) for path in (d["loc"] for d in details if d["type"] == "extra_forbidden")
        }
        told = [d for d in details if d["type"] != "missing" or d["loc"] not in meant]  # a misspelt key is told once
        raise Problems(in_order([_placed(detail, tree) for detail in told])) from None


def _meant(tree: Map, path: Path) -> str | None:
    """The known key that an unknown one at the end of `path` probably is."""
    parent = tree.under(path[:-1])
    word = re.split("[:：]", str(path[-1]))[0]
    return near(word, parent.allowed) if isinstance(parent, Map) else None


def in_order(problems: list[GraderError]) -> list[GraderError]:
    """By file, line and column; each once."""
    unique = {(p.place, str(p.message)): p for p in problems}
    return [unique[key] for key in sorted(unique, key=lambda key: (key[0] or Place(""), key[1]))]


def _placed(detail: Any, tree: Map) -> GraderError:
    path: Path = tuple(detail["loc"])
    fault = detail.get("ctx", {}).get("error")
    if isinstance(fault, Fault):
        return CourseError(fault.message, place=tree.at(path + fault.at), remedy=fault.remedy)
    if detail["type"] == "missing":
        return CourseError(
            say("The key `{key}` is missing.", key=path[-1]),
            place=tree.at(path[:-1]),
            remedy=say("Add `{key}: ...` here.", key=path[-1]),
        )
    if detail["type"] == "extra_forbidden":
        return unknown_key(tree, path)
    value = tree.under(path)
    if detail["type"] in ("list_type", "tuple_type"):
        remedy = say("Write `[a, b]`, or one `- a` a line.")
        if isinstance(value, Scalar) and set("【】［］「」") & set(value):
            remedy = say("The brackets must be the ASCII ones: `[a, b]`.")
        return CourseError(say("A list is expected here."), place=value.place, remedy=remedy)
    if detail["type"] in ("model_type", "dict_type"):
        remedy = say("Write `{{key: value}}`, or one `key: value` a line, indented.")
        return CourseError(say("A map of keys and values is expected here."), place=value.place, remedy=remedy)
    # a kind pydantic learned since; its own words are better than none
    return CourseError(say("{problem}", problem=detail["msg"]), place=value.place)


def unknown_key(tree: Map, path: Path) -> CourseError:
    """The error for a key nobody knows, with what was probably meant."""
    key, parent = str(path[-1]), tree.under(path[:-1])
    allowed = parent.allowed if isinstance(parent, Map) else ()
    value = parent[key] if isinstance(parent, Map) else None
    head, colon, tail = key.partition(":")
    if "：" in key:
        remedy = say("The colon must be the ASCII one followed by a space, not the wide one.")
    elif colon and tail and isinstance(value, Scalar) and value.kind == "null":
        remedy = say("A space is missing after the colon: `{head}: {tail}`.", head=head, tail=tail)
    elif match := _meant(tree, path):
        remedy = say("Did you mean `{match}`?", match=match)
    else:
        remedy = say("Known here: {keys}.", keys=", ".join(allowed))
    return CourseError(say("Unknown key `{key}`.", key=key), place=tree.key_at(path), remedy=remedy)


# --- one value each ---------------------------------------------------------------------------------------------------


def scalar(value: object, what: Message) -> str:
    """The characters of a single value, whatever YAML takes them for."""
    if (
        isinstance(value, Map | Items | list | dict)
        or value is None
        or (isinstance(value, Scalar) and value.kind == "null")
    ):
        raise Fault(
            say("{what} is expected here.", what=what), say("Write a single value: no list, no map, not nothing.")
        )
    return str(value)


def words(value: object) -> str:
    """A text; what YAML reads as a number, time or bool must be quoted."""
    if isinstance(value, Scalar) and value.kind != "str":
        raise Fault(*not_text(value, value.kind))
    text = scalar(value, say("A text"))
    if "\x00" in text:
        raise Fault(say("A text cannot hold the character NUL."), say("Remove it."))
    return text


def instructor_text(value: object, info: ValidationInfo) -> Text:
    """A string in the course's language, or a map of languages."""
    if not isinstance(value, dict):
        text = words(value)
        if not text.strip():
            raise Fault(say("This text is empty."), say("Write it."))
        return Text.of(text, (info.context or {}).get("language", "zh"))
    unknown = next((key for key in value if key not in LANGUAGES), None)
    if unknown is not None:
        raise Fault(
            say("`{key}` is no language here.", key=unknown),
            say("Write `zh`, `en` or both; quote a text that holds a colon."),
            at=(unknown,),
        )
    if not value:
        raise Fault(say("This text is empty."), say("Write it."))
    texts = {}
    for key, each in value.items():
        try:
            texts[key] = words(each)
        except Fault as fault:
            raise Fault(fault.message, fault.remedy, at=(key,)) from None
    return Text(**texts)


_DECIMAL = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?")


def number(value: object) -> Decimal:
    """Exactly the decimal number written."""
    text = scalar(value, say("A number"))
    if isinstance(value, Scalar) and not value.is_plain:
        raise Fault(say("A number is expected here, not a text."), say("Remove the quotes."))
    if not _DECIMAL.fullmatch(text):
        remedy = say("Write it like 2, 0.5 or -1: no leading zero, no colon, no underscore, no unit.")
        raise Fault(say("`{text}` is no plain decimal number.", text=text), remedy)
    return Decimal(text)


def points(value: object) -> Decimal:
    """Points are exact; a negative number is a penalty."""
    exact = number(value)
    exponent = exact.as_tuple().exponent
    if abs(exact) > MAX_POINTS or (isinstance(exponent, int) and -exponent > MAX_PLACES):
        message = say(
            "Points go from -{most} to {most}, with at most {n} decimal places.", most=MAX_POINTS, n=MAX_PLACES
        )
        raise Fault(message, say("Write fewer digits."))
    return exact


def whole(value: object) -> int:
    exact = number(value)
    if exact != exact.to_integral_value() or abs(exact) > 2**31:
        raise Fault(say("A whole number is expected here."), say("Write it like 3."))
    return int(exact)


def counting(value: object) -> int:
    n = whole(value)
    if n < 0:
        raise Fault(say("This cannot be negative."), say("Write it like 3."))
    return n


_UNITS: Final = {"ms": Decimal("0.001"), "s": Decimal(1), "min": Decimal(60), "h": Decimal(3600), "d": Decimal(86400)}
_SIZES: Final = {"B": 1, "kB": 2**10, "KB": 2**10, "MB": 2**20, "GB": 2**30}


def _with_unit(value: object, units: Mapping[str, object], what: Message, example: str) -> tuple[Decimal, str]:
    text = scalar(value, what)
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([A-Za-z%]*)", text)
    if not found:
        raise Fault(
            say("`{text}` is no amount with a unit.", text=text), say("Write it like {example}.", example=example)
        )
    amount, unit = found.groups()
    if unit not in units:
        known = ", ".join(units)
        if not unit:
            raise Fault(
                say("The unit is missing."),
                say("Write it like {example}; units: {known}.", example=example, known=known),
            )
        message = say("`{unit}` is no unit here.", unit=unit)
        match = near(unit, units)
        if match and match.casefold() == unit.casefold():
            raise Fault(message, say("Did you mean `{match}`?", match=match))
        raise Fault(message, say("Write it like {example}; units: {known}.", example=example, known=known))
    return Decimal(amount), unit


def duration(value: object) -> timedelta:
    """A length of time with its unit. Whole days mean calendar days where the course counts days."""
    amount, unit = _with_unit(value, _UNITS, say("A length of time"), "10s")
    seconds = amount * _UNITS[unit]
    if seconds > 366 * 86400:
        raise Fault(say("That is longer than a year."), say("Write less."))
    return timedelta(microseconds=int(seconds * 1_000_000))


def seconds(value: object) -> float:
    """A limit in seconds, more than none."""
    length = duration(value).total_seconds()
    if not 0 < length <= 3600:
        raise Fault(
            say("This must be more than nothing and at most an hour."), say("Write it like {example}.", example="10s")
        )
    return length


def size(value: object) -> int:
    """A number of bytes, written with its unit."""
    amount, unit = _with_unit(value, _SIZES, say("A size"), "256MB")
    count = int(amount * _SIZES[unit])
    if not 0 < count <= 64 * 2**30:
        raise Fault(
            say("This must be more than nothing and at most 64 GB."), say("Write it like {example}.", example="256MB")
        )
    return count


def share(value: object) -> Decimal:
    """A percentage as an exact share: 10% is 0.10."""
    amount, _ = _with_unit(value, {"%": 1}, say("A share"), "10%")
    if amount > 100:
        raise Fault(say("A share is at most 100%."), say("Write it like {example}.", example="10%"))
    return amount / 100


def latest(naive: datetime, zone: ZoneInfo) -> datetime:
    """A wall-clock time as a moment; where clocks change and it is ambiguous or skipped, the later reading."""
    readings = [naive.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)]
    return max(readings).astimezone(zone)


def moment(value: object, info: ValidationInfo) -> datetime:
    """A due time, to the minute, in the course's zone; it holds through the end of that minute."""
    text = scalar(value, say("A date and time"))
    example = "2026-12-01 23:59"
    remedy = say("Write it like {example}; it is read in the course's time zone.", example=example)
    if re.fullmatch(r"\d{4}-\d{1,2}-\d{1,2}", text):
        raise Fault(say("The time of day is missing."), remedy)
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}", text):
        raise Fault(say("`{text}` is no date and time to the minute.", text=text), remedy)
    try:
        naive = datetime.fromisoformat(text)
    except ValueError:
        raise Fault(say("There is no such day or time: {text}.", text=text), remedy) from None
    zone: ZoneInfo = (info.context or {}).get("zone") or ZoneInfo("UTC")
    when = latest(naive, zone)
    if when.replace(tzinfo=None) != naive:
        message = say("{text} does not exist in {zone}: clocks are put forward then.", text=text, zone=zone.key)
        raise Fault(message, say("Take a time before or after the change."))
    return when


def inner_path(value: object) -> str:
    """A path below some folder, written with `/`; it can never leave that folder."""
    text = words(value)
    path = PurePosixPath(text)
    if not text or path.is_absolute() or ".." in path.parts or re.match(r"[A-Za-z]:|~", text):
        message = say("`{text}` leaves the folder it should be in.", text=text)
        raise Fault(message, say("Write a path inside it, like `data/names.txt`, without `..`."))
    if "\\" in text:
        raise Fault(say("`{text}` has a backslash.", text=text), say("Write paths with `/`."))
    if any(not part.isprintable() or part != part.strip() for part in path.parts) or str(path) != text or text == ".":
        raise Fault(
            say("`{text}` is no plain path.", text=text),
            say("Write a path inside it, like `data/names.txt`, without `..`."),
        )
    if len(text.encode()) > 200:
        raise Fault(say("This path is longer than 200 bytes."), say("Take another name."))
    return text


def one_of(*options: str) -> PlainValidator:
    """One word out of a closed set."""

    def choose(value: object) -> str:
        text = scalar(value, say("One of {options}", options=", ".join(options)))
        if text in options:
            return text
        match = near(text, options)
        remedy = say("Did you mean `{match}`?", match=match) if match else say("Write one of them.")
        raise Fault(say("`{text}` is none of {options}.", text=text, options=", ".join(options)), remedy)

    return PlainValidator(choose)


def _schema(**schema: object) -> WithJsonSchema:
    return WithJsonSchema(schema)


_LENGTH = r"^\d+(\.\d+)?\s*(ms|s|min|h|d)$"
Words = Annotated[str, PlainValidator(words), _schema(type="string")]
InstructorText = Annotated[
    Text,
    PlainValidator(instructor_text),
    _schema(
        anyOf=[
            {"type": "string", "minLength": 1},
            {
                "type": "object",
                "properties": {"zh": {"type": "string"}, "en": {"type": "string"}},
                "additionalProperties": False,
                "minProperties": 1,
            },
        ]
    ),
]
Points = Annotated[Decimal, PlainValidator(points), _schema(type="number", minimum=-MAX_POINTS, maximum=MAX_POINTS)]
Whole = Annotated[int, PlainValidator(whole), _schema(type="integer")]
Counting = Annotated[int, PlainValidator(counting), _schema(type="integer", minimum=0)]
Duration = Annotated[timedelta, PlainValidator(duration), _schema(type="string", pattern=_LENGTH)]
Seconds = Annotated[float, PlainValidator(seconds), _schema(type="string", pattern=_LENGTH)]
Size = Annotated[int, PlainValidator(size), _schema(type="string", pattern=r"^\d+(\.\d+)?\s*(B|kB|KB|MB|GB)$")]
Share = Annotated[Decimal, PlainValidator(share), _schema(type="string", pattern=r"^\d+(\.\d+)?\s*%$")]
Moment = Annotated[
    datetime, PlainValidator(moment), _schema(type="string", pattern=r"^\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}$")
]
InnerPath = Annotated[str, PlainValidator(inner_path), _schema(type="string", pattern=r"^(?!/|~)[^\\]+$")]
