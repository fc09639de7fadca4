"""The kinds of values a course file may hold, each with its reader and its JSON Schema.

A reader takes what `source` read and raises `Fault`, which `validated` turns into an error with a place.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Annotated, Final

from pydantic import PlainValidator, ValidationInfo, WithJsonSchema

from grader.course.near import near
from grader.course.spec import Fault
from grader.course.syntax import not_text
from grader.course.text import Text
from grader.course.tree import Items, Map, Scalar
from grader.language import LANGUAGES, say

if TYPE_CHECKING:
    from collections.abc import Mapping
    from zoneinfo import ZoneInfo

    from grader.language import Message

MAX_POINTS: Final = 10_000
MAX_PLACES: Final = 6  # digits after the decimal point


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
    return scalar(value, say("A text"))


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


def moment_in(value: object, zone: ZoneInfo) -> datetime:
    """A due time, to the minute, on the clocks of `zone`; it holds through the end of that minute."""
    text = scalar(value, say("A date and time"))
    remedy = say("Write it like {example}; it is read in the course's time zone.", example="2026-12-01 23:59")
    if re.fullmatch(r"\d{4}-\d{1,2}-\d{1,2}", text):
        raise Fault(say("The time of day is missing."), remedy)
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}", text):
        raise Fault(say("`{text}` is no date and time to the minute.", text=text), remedy)
    try:
        naive = datetime.fromisoformat(text)
    except ValueError:
        raise Fault(say("There is no such day or time: {text}.", text=text), remedy) from None
    if not 2000 <= naive.year < 2200:
        raise Fault(say("The year {year} is far away.", year=naive.year), remedy)
    when = latest(naive, zone)
    if when.replace(tzinfo=None) != naive:
        message = say("{text} does not exist in {zone}: clocks are put forward then.", text=text, zone=zone.key)
        raise Fault(message, say("Take a time before or after the change."))
    return when


def moment(value: object, info: ValidationInfo) -> datetime:
    """A due time in the course's zone, which the context of the validation names."""
    return moment_in(value, (info.context or {})["zone"])


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
